/// Writes the compact form of a CPU map: ASCII text, one record per line. Fields are separated by a tab, shown as a
/// space here, because names may contain spaces.
///
///     libvirt VERSION
///     x86
///     v NAME STRING                                     a vendor
///     f NAME BIT[,BIT…] [!] [SOURCE=ALIAS…]             a feature; ! when it is not migratable
///     g NAME                                            the group of the models that follow
///     m NAME VENDOR FLAGS ANCESTOR SIGNATURES FEATURES REMOVED ADDED
///     ppc64, then arm
///     v NAME [CODE]                                     a vendor; the code is hexadecimal
///     n NAME…                                           the names of all features
///     m NAME VENDOR VALUE/MASK[,…]                      a model; the numbers are hexadecimal
///
/// - BIT is `LEAF.SUBLEAF:rB` or `mINDEX:rB`. The numbers are hexadecimal, `r` is one of a–d for EAX–EDX, and `B` is
///   the number of the bit in decimal.
/// - FLAGS are any of `h` (decodes hosts), `g` (decodes guests) and `c` (compared by the map).
/// - SIGNATURES are `FAMILY/MODEL[/STEPPINGS],…`. The steppings are a hexadecimal mask.
/// - FEATURES are hexadecimal digits, the first of which stands for features 0–3, or `=` for exactly the ancestor's.
/// - REMOVED and ADDED are indices of features, two base-36 digits each.
/// - `-` stands for nothing.
struct CompactMapWriter {
    private(set) var text = ""

    init(_ map: CPUMap) {
        line("libvirt", map.libvirtVersion ?? "-")
        write(map.x86)
        write(map.ppc64, named: "ppc64")
        write(map.arm, named: "arm")
    }

    private mutating func line(_ fields: String...) { text += fields.joined(separator: "\t") + "\n" }

    private mutating func write(_ map: X86Map) {
        line("x86")
        for vendor in map.vendors { line("v", vendor.name, vendor.string) }
        for feature in map.features {
            let bits = feature.bits.map(Self.bit).joined(separator: ",")
            let rest = (feature.isMigratable ? [] : ["!"]) + feature.aliases.map { "\($0.source)=\($0.name)" }
            line((["f", feature.name, bits] + rest).joined(separator: "\t"))
        }
        let indices = Dictionary(uniqueKeysWithValues: map.features.enumerated().map { ($1.name, $0) })
        func list(_ names: [String]) -> String {
            Self.orDash(names.map { Self.padded(String(indices[$0]!, radix: 36), to: 2) }.joined())
        }
        var group: String?
        for model in map.models {
            startGroup(model.group, after: &group)
            let flags = [(model.decodesHost, "h"), (model.decodesGuest, "g"), (model.comparesByMap, "c")]
                .filter(\.0).map(\.1).joined()
            let inherited = model.ancestor.flatMap { map.model(named: $0) }?.features
            line(
                "m", model.name, model.vendor ?? "-", Self.orDash(flags), model.ancestor ?? "-",
                Self.orDash(model.signatures.map(Self.signature).joined(separator: ",")),
                model.features == inherited ? "=" : Self.orDash(Self.digits(model.features)),
                list(model.removedFeatures), list(model.addedFeatures))
        }
    }

    private mutating func write(_ map: PVRMap, named name: String) {
        line(name)
        for vendor in map.vendors {
            line((["v", vendor.name] + (vendor.code.map { [Self.hexadecimal($0)] } ?? [])).joined(separator: "\t"))
        }
        if !map.features.isEmpty { line("n", map.features.joined(separator: "\t")) }
        var group: String?
        for model in map.models {
            startGroup(model.group, after: &group)
            let registers = model.registers.map { Self.hexadecimal($0.value) + "/" + Self.hexadecimal($0.mask) }
            line("m", model.name, model.vendor ?? "-", Self.orDash(registers.joined(separator: ",")))
        }
    }

    private mutating func startGroup(_ group: String?, after current: inout String?) {
        if group != current { line("g", group ?? "-") }
        current = group
    }

    private static func bit(_ bit: CPUDataBit) -> String {
        let (place, register) =
            switch bit.address {
            case .cpuid(let leaf, let subleaf, let register): ("\(hexadecimal(leaf)).\(hexadecimal(subleaf))", register)
            case .msr(let index, let register): ("m\(hexadecimal(index))", register)
            }
        return "\(place):\(["a", "b", "c", "d"][Int(register.rawValue)])\(bit.bit)"
    }

    private static func signature(_ pattern: SignaturePattern) -> String {
        "\(pattern.family)/\(pattern.model)"
            + (pattern.steppings == .max ? "" : "/" + hexadecimal(UInt32(pattern.steppings)))
    }

    private static func digits(_ set: FeatureSet) -> String {
        let nibbles = (0..<FeatureSet.capacity / 4).map { Int(set.words[$0 >> 4] >> UInt64(($0 & 15) * 4) & 15) }
        let last = nibbles.lastIndex { $0 != 0 } ?? -1
        return nibbles[0..<last + 1].map { String($0, radix: 16) }.joined()
    }

    private static func hexadecimal(_ number: UInt32) -> String { String(number, radix: 16) }
    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }
    private static func orDash(_ text: String) -> String { text.isEmpty ? "-" : text }
}

extension CPUMap {
    /// The Swift source file that holds this map as the built-in one. Equal maps give equal bytes.
    package var builtInSource: String {
        """
        // Generated by `make cpu-map` from the CPU map of libvirt \(libvirtVersion ?? "of unknown version") \
        (LGPL-2.1-or-later); do not edit.

        extension CPUMap {
            /// The built-in map in its compact form: see `CompactMapWriter`.
            static let builtInText: StaticString = \"""
        \(CompactMapWriter(self).text)\"""
        }

        """
    }
}
