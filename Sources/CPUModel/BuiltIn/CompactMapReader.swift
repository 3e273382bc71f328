extension CPUMap {
    /// Reads the compact form.
    init(compact text: StaticString) {
        var reader = CompactMapReader(
            text: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        self = reader.map()
    }
}

/// Reads the form that `CompactMapWriter` describes. A fault in the text is a fault of the program, which contains the
/// text, and stops it.
struct CompactMapReader {
    private typealias Field = Slice<UnsafeBufferPointer<UInt8>>

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// The fields of the current line; none after the last line.
    private var fields: [Field] = []

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func map() -> CPUMap {
        nextLine()
        let version = optional(fields[1])
        nextLine()
        let x86 = x86Map()
        let ppc64 = pvrMap()
        let arm = pvrMap()
        return CPUMap(libvirtVersion: version, x86: x86, ppc64: ppc64, arm: arm)
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

    private mutating func x86Map() -> X86Map {
        nextLine()
        var vendors: [X86Vendor] = []
        var features: [X86Feature] = []
        features.reserveCapacity(512)
        while isRecord("v") {
            vendors.append(X86Vendor(name: string(fields[1]), string: string(fields[2])))
            nextLine()
        }
        while isRecord("f") {
            features.append(feature())
            nextLine()
        }
        var map = try! X86Map(vendors: vendors, features: features)
        var group: String?
        while fields.count > 1 {
            if isRecord("g") { group = optional(fields[1]) } else { try! map.append(model(of: map, group: group)) }
            nextLine()
        }
        return map
    }

    private func feature() -> X86Feature {
        let rest = fields[3...]
        let isMigratable = rest.first?.first != UInt8(ascii: "!")
        return X86Feature(
            name: string(fields[1]), bits: fields[2].split(separator: UInt8(ascii: ",")).map(bit),
            isMigratable: isMigratable,
            aliases: (isMigratable ? rest : rest.dropFirst()).map { field in
                let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                return X86Feature.Alias(name: string(parts[1]), source: string(parts[0]))
            })
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
        return X86Model(
            name: string(fields[1]), vendor: optional(fields[2]), signatures: list(fields[5]).map(signature),
            features: fields[6].first == UInt8(ascii: "=") ? map.model(named: ancestor!)!.features : set(fields[6]),
            decodesHost: flags.contains(UInt8(ascii: "h")), decodesGuest: flags.contains(UInt8(ascii: "g")),
            comparesByMap: flags.contains(UInt8(ascii: "c")), ancestor: ancestor,
            removedFeatures: names(fields[7], of: map), addedFeatures: names(fields[8], of: map), group: group)
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

    private func names(_ field: Field, of map: X86Map) -> [String] {
        if isDash(field) { return [] }
        return stride(from: field.startIndex, to: field.endIndex, by: 2).map { index in
            map.features[Int(Self.value(field[index])) * 36 + Int(Self.value(field[index + 1]))].name
        }
    }

    private mutating func pvrMap() -> PVRMap {
        nextLine()
        var map = PVRMap()
        var group: String?
        while fields.count > 1 {
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
