/// What a page about a fleet is made of: the report, less what would make the page too large. `leftOut` has a sentence for
/// each part that is missing.
struct FleetPageData {
    private(set) var value: JSONValue
    private var leftOut: [String] = []

    /// - Parameters:
    ///   - report: the answer to the question `report`.
    ///   - fields: the most fields of the matrix.
    ///   - bytes: the most bytes of the JSON.
    init(_ report: JSONValue, fields: Int, bytes: Int) {
        value = report
        addRefused()
        removeWhatIsNotShown()
        keepRows(fields / max(1, value["matrix"]?["columns"]?.elements?.count ?? 1))
        for step in Self.steps where value.text.utf8.count > bytes {
            let before = self
            step(&self)
            if value == before.value { self = before } else { removeUnused() }
        }
        while value.text.utf8.count > bytes, let rows = value["matrix"]?["rows"]?.elements?.count, rows > 1 {
            keepRows(rows / 2)
            removeUnused()
        }
        value.add(["leftOut": JSONValue(leftOut)])
    }

    /// What is left out of a page that is too large, one after the other.
    private static let steps: [@Sendable (inout FleetPageData) -> Void] = [
        { data in
            data.value.update("windows") { $0.shorten("changes", to: 100) }
            data.leftOut.append("of the changes that Windows guests would see, all but the 100 with the most guests")
        },
        { data in
            data.value.update("drain") { drains in
                for name in ["live", "cold"] {
                    drains.updateEach { $0.update(name) { $0.updateEach { $0.shorten("asks", to: 3); $0.shorten("samples", to: 1) } } }
                }
            }
            data.leftOut.append("of the guests that block emptying a host, all CPUs but three and all names but one of each reason")
        },
        { data in
            data.value.update("matrix") {
                $0.update("rows") {
                    $0.updateEach {
                        $0.shorten("asks", to: 20)
                        $0.remove("samples")
                        $0.update("why") { $0.updateEach { $0.updateEach { $0.shorten("asks", to: 20) } } }
                    }
                }
            }
            data.leftOut.append("of the CPUs of a row, all but the 20 with the most guests, and the names of guests in fields")
        },
        { data in
            let shorten: (inout JSONValue) -> Void = { $0.update("refused") { $0.updateEach { $0.shorten("asks", to: 3) } } }
            data.value.shorten("refused", to: 100)
            shorten(&data.value)
            data.value.update("clusters") { $0.updateEach(shorten) }
            data.leftOut.append("of the guests that are refused where they are, all but the 100 largest groups, and all CPUs of a group but three")
        },
        { data in data.keepWorstHosts(500) },
        { data in
            data.value.update("windows") { $0.shorten("changes", to: 0) }
            data.leftOut.append("the changes that Windows guests would see")
        },
        { data in data.keepWorstHosts(0) },
        { data in
            for name in ["kinds", "clusters", "baseline"] { data.value.update(name) { $0.updateEach { $0.shorten("hosts", to: 20) } } }
            data.value.update("matrix") { $0.update("columns") { $0.updateEach { $0.shorten("hosts", to: 20) } } }
            data.leftOut.append("of the hosts of a kind and of a cluster, all but 20")
        },
    ]

    /// Adds the guests that their own host refuses, of all clusters: those that hosts of one kind refuse for the same reasons are
    /// one, and those with the most guests come first.
    private mutating func addRefused() {
        var places: [[Int?]: Int] = [:], refused: [(kind: JSONValue?, why: JSONValue?, guests: Int, asks: [JSONValue], samples: [JSONValue])] = []
        var seen: Set<[Int]> = []
        for one in (value["clusters"]?.elements ?? []).flatMap({ $0["refused"]?.elements ?? [] }) {
            let key = [one["kind"]?.integer, one["why"]?.integer]
            let place = places[key] ?? refused.count
            if place == refused.count {
                places[key] = place
                refused.append((one["kind"], one["why"], 0, [], []))
            }
            refused[place].guests += one.guests
            for ask in one["asks"]?.elements ?? [] where seen.insert([place, ask.integer ?? -1]).inserted { refused[place].asks.append(ask) }
            refused[place].samples += one["samples"]?.elements ?? []
        }
        let order = refused.indices.sorted { (refused[$1].guests, $0) < (refused[$0].guests, $1) }
        value.add([
            "refused": .array(
                order.map { place in
                    let one = refused[place]
                    return [
                        "kind": one.kind ?? .null, "why": one.why ?? .null, "guests": JSONValue(one.guests), "asks": .array(one.asks),
                        "samples": .array(Array(one.samples.prefix(2))),
                    ]
                })
        ])
    }

    /// Removes what the page does not show. The definition of an ask, for example, says nothing that its words do not.
    private mutating func removeWhatIsNotShown() {
        value.update("asks") {
            $0.updateEach {
                for name in ["domain", "withDevices"] { $0.remove(name) }
                $0.remove("followsHost", if: .bool(false))
                $0.remove("windows", if: .number(0))
            }
        }
        value.update("reasons") { $0.updateEach { $0.updateEach { $0.remove("code"); $0.remove("name") } } }
        value.update("obstacles") { $0.updateEach { $0.updateEach { $0.remove("certain", if: .bool(true)) } } }
        value.update("asks") { $0.updateEach { $0.keep(3, of: "samples") } }
        value.update("windows") { $0.update("changes") { $0.updateEach { $0.keep(1, of: "samples") } } }
        // The JSON has further reasons; the page says how many.
        value.update("clusters") {
            $0.updateEach {
                $0.shorten("refused", to: 4)
                $0.update("refused") { $0.updateEach { $0.removeUnshownOfBlocker(); $0.remove("windows"); $0.remove("withDevices") } }
            }
        }
        value.update("drain") { drains in
            for way in ["live", "cold"] {
                drains.updateEach {
                    $0.update(way) { $0.updateEach { $0.removeUnshownOfBlocker() } }
                    $0.remove("\(way)Certain", if: .bool(true))
                }
            }
        }
    }

    /// Keeps the rows with the most guests, in their order.
    private mutating func keepRows(_ most: Int) {
        let rows = value["matrix"]?["rows"]?.elements ?? []
        guard rows.count > most else { return }
        let largest = rows.indices.sorted { (rows[$1].guests, $0) < (rows[$0].guests, $1) }
        let kept = Set(largest.prefix(most))
        let guests = largest.dropFirst(most).reduce(0) { $0 + rows[$1].guests }
        value.update("matrix") { $0.update("rows") { $0 = .array(rows.indices.filter(kept.contains).map { rows[$0] }) } }
        leftOut.append("\(rows.count - most) rows of the matrix, with \(guests) guests")
    }

    /// Keeps the hosts which the most guests cannot leave.
    private mutating func keepWorstHosts(_ most: Int) {
        func blocked(_ drain: JSONValue) -> Int {
            ["live", "cold"].reduce(0) { $0 + (drain[$1]?.elements ?? []).reduce(0) { $0 + $1.guests } }
        }
        let drains = value["drain"]?.elements ?? []
        let order = drains.indices.sorted { (blocked(drains[$1]), $0) < (blocked(drains[$0]), $1) }
        let kept = order.prefix(most).filter { blocked(drains[$0]) > 0 }.sorted()
        let left = (value["drainLeft"]?.integer ?? 0) + drains.filter { blocked($0) > 0 }.count - kept.count
        value.update("drain") { $0 = .array(kept.map { drains[$0] }) }
        value.remove("drainLeft")
        if left > 0 { value.add(["drainLeft": JSONValue(left)]) }
        leftOut.append("what blocks emptying hosts, except the \(kept.count) hosts that the most guests cannot leave")
    }

    // MARK: Tables

    /// A table, and the names of the members that are indices into it. Those that a table refers to come after it.
    private static let tables: [(table: String, members: Set<String>)] = [
        ("obstacles", ["obstacle"]), ("reasons", ["why"]), ("asks", ["ask", "asks"]), ("hosts", ["host", "hosts"]),
        ("features", ["features", "lost", "gained"]),
    ]

    /// Removes what nothing refers to any more from the tables.
    private mutating func removeUnused() {
        for (table, members) in Self.tables {
            guard let old = value[table]?.elements else { continue }
            var places: [Int: Int] = [:], kept: [JSONValue] = []
            value.mapIndices(of: members, except: table) { index in
                if let known = places[index] { return known }
                places[index] = kept.count
                kept.append(old[index])
                return kept.count - 1
            }
            value.update(table) { $0 = .array(kept) }
        }
    }
}

extension JSONValue {
    fileprivate var guests: Int { self["guests"]?.integer ?? 0 }

    fileprivate mutating func removeUnshownOfBlocker() {
        remove("withDevices", if: .number(0))
        remove("windows", if: .number(0))
        remove("here", if: "refuses")
        keep(2, of: "samples")
    }

    /// Removes a member with a value that the page takes for granted.
    fileprivate mutating func remove(_ name: String, if value: JSONValue) { if self[name] == value { remove(name) } }

    /// Cuts an array. If only one element would be left out, it stays: a count takes as much room.
    fileprivate mutating func keep(_ most: Int, of name: String) {
        update(name) { if case .array(let elements) = $0, elements.count > most + 1 { $0 = .array(Array(elements.prefix(most))) } }
    }

    /// Cuts an array, and states how many elements are gone in a member with `Left` behind the name.
    fileprivate mutating func shorten(_ name: String, to most: Int) {
        guard let elements = self[name]?.elements, elements.count > most else { return }
        let left = (self["\(name)Left"]?.integer ?? 0) + elements.count - most
        update(name) { $0 = .array(Array(elements.prefix(most))) }
        remove("\(name)Left")
        add(.object([Member("\(name)Left", JSONValue(left))]))
    }

    /// Replaces the numbers in members with certain names, wherever they are.
    ///
    /// - Parameter table: a member of this object that is left alone.
    fileprivate mutating func mapIndices(of names: Set<String>, except table: String? = nil, _ change: (Int) -> Int) {
        switch self {
        case .object(var members):
            self = .null
            for index in members.indices where members[index].name != table {
                if names.contains(members[index].name) { members[index].value.mapNumbers(change) }
                members[index].value.mapIndices(of: names, change)
            }
            self = .object(members)
        case .array: updateEach { $0.mapIndices(of: names, change) }
        default: break
        }
    }

    private mutating func mapNumbers(_ change: (Int) -> Int) {
        switch self {
        case .number(let number): self = .number(change(number))
        case .array: updateEach { if case .number(let number) = $0 { $0 = .number(change(number)) } }
        default: break
        }
    }
}
