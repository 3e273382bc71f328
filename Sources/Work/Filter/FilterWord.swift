import Lint

/// A piece of the filter's report, in the order in which it is printed.
enum FilterWord {
    case remark(Remark)
    /// A finding in the report's format, without separators.
    case finding(String)
    /// A line of its own.
    case line(String)
}
