extension String {
    /// Joins strings in one allocation. `+` and interpolation allocate for each of several parts.
    init(joining parts: [String]) {
        var count = 0
        for part in parts { count += part.utf8.count }
        self.init(unsafeUninitializedCapacity: count) { buffer in
            var place = 0
            for var part in parts {
                part.withUTF8 { bytes in
                    for byte in bytes {
                        buffer[place] = byte
                        place += 1
                    }
                }
            }
            return place
        }
    }
}
