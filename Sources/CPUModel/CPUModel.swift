// Placeholder until the first value type arrives.
