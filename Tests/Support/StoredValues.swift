/// The stored properties of a value and of its parts, by their paths (`cpu.features.policy`). The elements of a collection share
/// a path, and their values are in their order.
///
/// A test that compares the paths with a table of its own fails when a property is added that the table does not have.
package func storedValues(of value: Any) -> [String: [String]] {
    var values: [String: [String]] = [:]
    collect(value, at: "", into: &values)
    return values
}

private func collect(_ value: Any, at path: String, into values: inout [String: [String]]) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .struct where !mirror.children.isEmpty:
        for child in mirror.children { collect(child.value, at: path.isEmpty ? child.label! : "\(path).\(child.label!)", into: &values) }
    case .collection where !mirror.children.isEmpty:
        for child in mirror.children { collect(child.value, at: path, into: &values) }
    case .dictionary:
        // The order of a dictionary is another one in each run.
        values[path, default: []] += mirror.children.map { "\($0.value)" }.sorted()
    case .optional where mirror.children.first.map { Mirror(reflecting: $0.value).displayStyle == .struct } ?? false:
        collect(mirror.children.first!.value, at: path, into: &values)
    default: values[path, default: []].append("\(value)")
    }
}

/// The paths at which two values differ, sorted.
package func differingPaths(_ one: [String: [String]], _ other: [String: [String]]) -> [String] {
    Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
}
