import Hosts

/// Which guests start on which hosts: asks that get the same answers everywhere are one row, and hosts that answer the same one
/// column.
package struct FleetMatrix: Sendable {
    package struct Row: Sendable {
        /// Indices of the census's asks, those with the most guests first.
        package var asks: [Int]
        package var guests: Int
        /// In the order of `columns`.
        package var cells: [Cell]
    }

    package struct Column: Sendable {
        /// Indices of the census's kinds.
        package var kinds: [Int]
        /// Indices of the census's hosts.
        package var hosts: [Int]
    }

    package struct Cell: Sendable, Equatable {
        package var answer: FleetVerdict.Answer
        /// How many of the row's guests are on the column's hosts.
        package var guests: Int
        /// The ids of the first few of them.
        package var samples: [String] = []
        /// False if more would have to be known of the hosts to be certain of each of the answers.
        package var isCertain = true
        /// Why the guests do not start: all that differ between asks and kinds.
        package var causes: [Cause] = []

        /// The most guests of one field that are named.
        package static let mostSamples = 3

        fileprivate mutating func add(_ more: FleetCensus.Guests) {
            guests += more.count
            samples += more.samples.prefix(Self.mostSamples - samples.count)
        }
    }

    /// Why hosts of some kinds do not start guests with some asks: on each of the kinds, each of the asks has these reasons.
    package struct Cause: Sendable, Equatable {
        package var reasons: [FleetVerdict.Reason]
        /// Indices of the census's asks, in the order of the row.
        package var asks: [Int]
        /// Indices of the census's kinds.
        package var kinds: [Int]
    }

    package private(set) var rows: [Row] = []
    package private(set) var columns: [Column] = []

    /// Rows with the most starts come first; columns by vendor, and then by the number of rows that start there.
    package init(_ judge: FleetJudge) {
        let census = judge.census
        let kinds = census.kinds.indices
        var answers = census.asks.indices.map { ask in kinds.map { judge.start(ask, on: $0).answer } }
        let columnGroups = Self.groups(kinds.map { kind in answers.map { $0[kind] } })
        let vendors = columnGroups.map { census.kinds[$0[0]].host.vendorWord }
        let rowGroups = Self.groups(answers)
        let starts = columnGroups.map { kinds in rowGroups.count { answers[$0[0]][kinds[0]] == .starts } }
        let order = columnGroups.indices.sorted { (vendors[$0], starts[$1], $0) < (vendors[$1], starts[$0], $1) }
        columns = order.map { index in
            Column(kinds: columnGroups[index], hosts: columnGroups[index].flatMap { census.kinds[$0].hosts }.sorted())
        }
        answers = answers.map { row in columns.map { row[$0.kinds[0]] } }
        var total = [Int](repeating: 0, count: census.asks.count)
        var column = [Int](repeating: 0, count: census.kinds.count)
        for (index, one) in columns.enumerated() { for kind in one.kinds { column[kind] = index } }
        var row = [Int](repeating: 0, count: census.asks.count)
        for (index, asks) in rowGroups.enumerated() { for ask in asks { row[ask] = index } }
        var cells = rowGroups.map { group in answers[group[0]].map { Cell(answer: $0, guests: 0) } }
        for (place, here) in census.sortedPlaces {
            total[place.ask] += here.count
            guard let host = place.host else { continue }
            cells[row[place.ask]][column[census.hosts[host].kind]].add(here)
        }
        rows = rowGroups.indices.map { index in
            let asks = rowGroups[index].sorted { (total[$1], $0) < (total[$0], $1) }
            return Row(asks: asks, guests: asks.reduce(0) { $0 + total[$1] }, cells: cells[index])
        }
        // A row without guests would say nothing.
        rows.removeAll { $0.guests == 0 }
        func starting(_ row: Row) -> Int { row.cells.count { $0.answer == .starts } }
        // Asks are in the order of their keys.
        rows.sort { (starting($1), $1.guests, $0.asks[0]) < (starting($0), $0.guests, $1.asks[0]) }
        explain(judge)
    }

    private mutating func explain(_ judge: FleetJudge) {
        for row in rows.indices {
            for column in columns.indices {
                rows[row].cells[column].explain(asks: rows[row].asks, kinds: columns[column].kinds, judge)
            }
        }
    }

    /// The indices of equal values, together.
    private static func groups<Value: Hashable>(_ values: [Value]) -> [[Int]] {
        var places: [Value: Int] = [:], groups: [[Int]] = []
        for (index, value) in values.enumerated() {
            if let place = places[value] {
                groups[place].append(index)
            } else {
                places[value] = groups.count
                groups.append([index])
            }
        }
        return groups
    }
}

extension FleetMatrix.Cell {
    fileprivate mutating func explain(asks: [Int], kinds: [Int], _ judge: FleetJudge) {
        struct Key: Hashable {
            var reasons: [FleetVerdict.Reason]
            var kinds: [Int]
        }
        var places: [Key: Int] = [:]
        for ask in asks {
            var own: [(reasons: [FleetVerdict.Reason], kinds: [Int])] = []
            for kind in kinds {
                let verdict = judge.start(ask, on: kind)
                if !verdict.isCertain { isCertain = false }
                if answer == .starts { continue }
                if let index = own.firstIndex(where: { $0.reasons == verdict.reasons }) {
                    own[index].kinds.append(kind)
                } else {
                    own.append((verdict.reasons, [kind]))
                }
            }
            for (reasons, kinds) in own {
                let key = Key(reasons: reasons, kinds: kinds)
                if let place = places[key] {
                    causes[place].asks.append(ask)
                } else {
                    places[key] = causes.count
                    causes.append(FleetMatrix.Cause(reasons: reasons, asks: [ask], kinds: kinds))
                }
            }
        }
    }
}

extension Host {
    /// The vendor of the processor; empty if it is not known.
    package var vendorWord: String {
        cpu?.vendor ?? domainCapabilities.lazy.compactMap { $0.hostModel?.vendor }.first ?? ""
    }
}
