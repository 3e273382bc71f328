extension JSONValue {
    /// Changes the value of an object's first member with a name. Nothing happens if there is none, or if this is no object.
    package mutating func update(_ name: String, _ change: (inout JSONValue) -> Void) {
        guard case .object(var members) = self, let index = members.firstIndex(where: { $0.name == name }) else { return }
        self = .null
        change(&members[index].value)
        self = .object(members)
    }

    /// Changes each element of an array. Nothing happens if this is none.
    package mutating func updateEach(_ change: (inout JSONValue) -> Void) {
        guard case .array(var elements) = self else { return }
        self = .null
        for index in elements.indices { change(&elements[index]) }
        self = .array(elements)
    }

    /// Removes an object's members with a name.
    package mutating func remove(_ name: String) {
        guard case .object(let members) = self else { return }
        self = .object(members.filter { $0.name != name })
    }
}
