/// Reads the form that `CompactMapWriter` describes. A fault in the text is a fault of the program, which contains the
/// text, and stops it.
struct CompactMapReader {
    private typealias Field = Slice<UnsafeBufferPointer<UInt8>>

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// The fields of the current line; none after the last line.
    private var fields: [Field] = []
    /// The features of the newest release. A feature's index is its position in the sets of every release.
    private var universe: [X86Feature] = []
    /// The releases in the text, the newest first.
    private var known: [LibvirtVersion] = []

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    init(text: StaticString) {
        self.init(text: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The releases in the text, the newest first.
    mutating func releases() -> [LibvirtVersion] {
        position = 0
        nextLine()
        known = fields.dropFirst().map { LibvirtVersion(string($0))! }
        return known
    }

    /// The map of the newest release.
    mutating func newest() -> CPUMap {
        let version = releases()[0]
        let vendors = readVendorsAndFeatures()
        var x86 = try! X86Map(vendors: vendors, features: universe)
        readModels(into: &x86, newest: [])
        return CPUMap(libvirtVersion: version.description, x86: x86, ppc64: pvrMap(), arm: pvrMap())
    }

    /// The map of an older release, which `releases()` lists.
    mutating func map(of release: LibvirtVersion) -> CPUMap {
        _ = releases()
        let newestVendors = readVendorsAndFeatures()
        let newestModels = skipModels()
        let pvrMaps = position
        while !(fields.first.map { string($0) } == "release" && string(fields[1]) == release.description) { nextLine() }
        nextLine()
        let vendors = fields.dropFirst().map { field in newestVendors.first { $0.name == string(field) }! }
        nextLine()
        var all = universe
        while isRecord("f") {
            let feature = feature()
            all[all.firstIndex { $0.name == feature.name }!].bits = feature.bits
            nextLine()
        }
        let order = indices(fields[1])
        var x86 = X86Map(vendors: vendors, features: order.map { all[$0] }, positions: order, positionCount: all.count)
        nextLine()
        readModels(into: &x86, newest: newestModels)
        let own = [pvrMap(), pvrMap()]
        position = pvrMaps
        let shared = [pvrMap(), pvrMap()]
        let (ppc64, arm) = (own[0].models.isEmpty ? shared[0] : own[0], own[1].models.isEmpty ? shared[1] : own[1])
        return CPUMap(libvirtVersion: release.description, x86: x86, ppc64: ppc64, arm: arm)
    }

    private mutating func nextLine() {
        fields.removeAll(keepingCapacity: true)
        guard position < text.count else { return }
        var start = position
        while true {
            // The last line of a multi-line string literal has no newline.
            let byte = position < text.count ? text[position] : UInt8(ascii: "\n")
            if byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") {
                fields.append(text[start..<position])
                start = position + 1
            }
            position += 1
            if byte == UInt8(ascii: "\n") { return }
        }
    }

    /// Whether the current line is a record of this kind.
    private func isRecord(_ kind: Unicode.Scalar) -> Bool {
        guard let first = fields.first else { return false }
        return first.count == 1 && first.first == UInt8(ascii: kind)
    }

    /// The vendors of the newest release; its features become `universe`. The current line is then the first model's.
    private mutating func readVendorsAndFeatures() -> [X86Vendor] {
        nextLine()
        nextLine()
        var vendors: [X86Vendor] = []
        universe = []
        universe.reserveCapacity(512)
        while isRecord("v") {
            vendors.append(X86Vendor(name: string(fields[1]), string: string(fields[2])))
            nextLine()
        }
        while isRecord("f") {
            universe.append(feature())
            nextLine()
        }
        return vendors
    }

    /// A model's line in the text, and the group that it stands in.
    private struct ModelLine {
        var start: Int
        var group: String?
    }

    /// The lines of the models that begin at the current line. The current line is then the one behind them.
    private mutating func skipModels() -> [ModelLine] {
        var lines: [ModelLine] = []
        var group: String?
        while fields.first?.count == 1 {
            if isRecord("g") { group = optional(fields[1]) } else { lines.append(ModelLine(start: fields[0].startIndex, group: group)) }
            nextLine()
        }
        return lines
    }

    /// Adds the models that begin at the current line. The current line is then the one behind them.
    ///
    /// - Parameter newest: the models of the newest release, to which a line `k` refers.
    private mutating func readModels(into map: inout X86Map, newest: [ModelLine]) {
        var group: String?
        while fields.first?.count == 1 {
            if isRecord("g") {
                group = optional(fields[1])
            } else if isRecord("k") {
                let next = position
                for index in indices(fields[1]) {
                    position = newest[index].start
                    nextLine()
                    try! map.append(model(of: map, group: newest[index].group))
                }
                position = next
            } else {
                try! map.append(model(of: map, group: group))
            }
            nextLine()
        }
    }

    private func feature() -> X86Feature {
        var rest = fields[3...]
        var since: LibvirtVersion?
        if let first = rest.first, first.first == UInt8(ascii: "@") {
            since = known[Int(number(first.dropFirst()))]
            rest = rest.dropFirst()
        }
        let isMigratable = rest.first?.first != UInt8(ascii: "!")
        var feature = X86Feature(
            name: string(fields[1]), bits: fields[2].split(separator: UInt8(ascii: ",")).map(bit),
            isMigratable: isMigratable,
            aliases: (isMigratable ? rest : rest.dropFirst()).map { field in
                let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                return X86Feature.Alias(name: string(parts[1]), source: string(parts[0]))
            })
        feature.since = since
        return feature
    }

    private func bit(_ field: Field) -> CPUDataBit {
        let colon = field.firstIndex(of: UInt8(ascii: ":"))!
        let register = CPUIDRegister(rawValue: field[colon + 1] - UInt8(ascii: "a"))!
        let bit = UInt8(number(field[(colon + 2)...], radix: 10))
        let place = field[..<colon]
        if place.first == UInt8(ascii: "m") {
            return CPUDataBit(address: .msr(index: number(place.dropFirst()), register: register), bit: bit)
        }
        let dot = place.firstIndex(of: UInt8(ascii: "."))!
        return CPUDataBit(
            address: .cpuid(leaf: number(place[..<dot]), subleaf: number(place[(dot + 1)...]), register: register),
            bit: bit)
    }

    private func model(of map: X86Map, group: String?) -> X86Model {
        let ancestor = optional(fields[4])
        let flags = fields[3]
        var model = X86Model(
            name: string(fields[1]), vendor: optional(fields[2]), signatures: list(fields[5]).map(signature),
            features: fields[6].first == UInt8(ascii: "=") ? map.model(named: ancestor!)!.features : set(fields[6]),
            decodesHost: flags.contains(UInt8(ascii: "h")), decodesGuest: flags.contains(UInt8(ascii: "g")),
            comparesByMap: flags.contains(UInt8(ascii: "c")), ancestor: ancestor,
            removedFeatures: names(fields[7]), addedFeatures: names(fields[8]), group: group)
        if fields.count > 9 { model.since = known[Int(number(fields[9]))] }
        return model
    }

    private func signature(_ field: Field) -> SignaturePattern {
        let parts = field.split(separator: UInt8(ascii: "/"))
        return SignaturePattern(
            family: Int(number(parts[0], radix: 10)), model: Int(number(parts[1], radix: 10)),
            steppings: parts.count > 2 ? UInt16(number(parts[2])) : .max)
    }

    private func set(_ field: Field) -> FeatureSet {
        var set = FeatureSet()
        if isDash(field) { return set }
        // Each lane of the vector is written once, after its 16 digits are read.
        for (index, start) in stride(from: field.startIndex, to: field.endIndex, by: 16).enumerated() {
            var word: UInt64 = 0
            for digit in field[start..<min(start + 16, field.endIndex)].reversed() {
                word = word << 4 | UInt64(Self.value(digit))
            }
            set.words[index] = word
        }
        return set
    }

    private func names(_ field: Field) -> [String] { indices(field).map { universe[$0].name } }

    /// Indices of two base-36 digits each.
    private func indices(_ field: Field) -> [Int] {
        if isDash(field) { return [] }
        return stride(from: field.startIndex, to: field.endIndex, by: 2).map { index in
            Int(Self.value(field[index])) * 36 + Int(Self.value(field[index + 1]))
        }
    }

    private mutating func pvrMap() -> PVRMap {
        nextLine()
        var map = PVRMap()
        var group: String?
        while fields.first?.count == 1 {
            if isRecord("v") {
                map.vendors.append(
                    PVRMap.Vendor(name: string(fields[1]), code: fields.count > 2 ? number(fields[2]) : nil))
            } else if isRecord("n") {
                map.features = fields.dropFirst().map { string($0) }
            } else if isRecord("g") {
                group = optional(fields[1])
            } else {
                map.models.append(pvrModel(group: group))
            }
            nextLine()
        }
        return map
    }

    private func pvrModel(group: String?) -> PVRMap.Model {
        let registers = list(fields[3]).map { field in
            let parts = field.split(separator: UInt8(ascii: "/"))
            return PVRMap.Register(value: number(parts[0]), mask: number(parts[1]))
        }
        return PVRMap.Model(name: string(fields[1]), vendor: optional(fields[2]), registers: registers, group: group)
    }

    private func isDash(_ field: Field) -> Bool { field.count == 1 && field.first == UInt8(ascii: "-") }
    private func optional(_ field: Field) -> String? { isDash(field) ? nil : string(field) }
    private func string(_ field: Field) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: field), as: UTF8.self)
    }
    private func list(_ field: Field) -> [Field] { isDash(field) ? [] : field.split(separator: UInt8(ascii: ",")) }

    private func number(_ field: Field, radix: UInt32 = 16) -> UInt32 {
        field.reduce(0) { $0 * radix + Self.value($1) }
    }

    /// The value of a digit, 0–9 or a–z.
    private static func value(_ digit: UInt8) -> UInt32 {
        UInt32(digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10)
    }
}
