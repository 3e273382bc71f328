/// Writes the compact form of the CPU maps of several libvirt releases: ASCII text, one record per line. Fields are
/// separated by a tab, shown as a space here, because names may contain spaces. The newest release is written whole;
/// of each older one, what it has otherwise.
///
///     libvirt VERSION…                                  the releases, the newest first
///     x86
///     v NAME STRING                                     a vendor
///     f NAME BIT[,BIT…] [@SINCE] [!] [SOURCE=ALIAS…]    a feature; ! when it is not migratable
///     g NAME                                            the group of the models that follow
///     m NAME VENDOR FLAGS ANCESTOR SIGNATURES FEATURES REMOVED ADDED [SINCE]
///     ppc64, then arm
///     v NAME [CODE]                                     a vendor; the code is hexadecimal
///     n NAME…                                           the names of all features
///     m NAME VENDOR VALUE/MASK[,…]                      a model; the numbers are hexadecimal
///     release VERSION                                   an older release
///     v NAME…                                           the names of its vendors
///     f NAME BIT[,BIT…] [!]                             a feature that has another bit than in the newest release
///     o FEATURES                                        all features, in its order
///     g NAME, k MODELS, m …                             its models in its order; k are those of the newest release
///     ppc64, then arm                                   without models if they are those of the newest release
///
/// - BIT is `LEAF.SUBLEAF:rB` or `mINDEX:rB`. The numbers are hexadecimal, `r` is one of a–d for EAX–EDX, and `B` is
///   the number of the bit in decimal.
/// - FLAGS are any of `h` (decodes hosts), `g` (decodes guests) and `c` (compared by the map).
/// - SIGNATURES are `FAMILY/MODEL[/STEPPINGS],…`. The steppings are a hexadecimal mask.
/// - FEATURES are hexadecimal digits, the first of which stands for features 0–3, or `=` for exactly the ancestor's.
/// - REMOVED, ADDED, `o` and `k` are indices of features or models of the newest release, two base-36 digits each.
/// - Features have the same place in FEATURES in every release.
/// - SINCE is the place of the oldest release that has the name in the list of releases, counted from 0. It is left out
///   if all have it.
/// - `-` stands for nothing.
struct CompactMapWriter {
    private(set) var text = ""
    /// The maps, newest first.
    private let releases: [CPUMap]

    /// - Parameter maps: the maps, oldest first. The newest has every feature, model and vendor of the others.
    init(_ maps: [CPUMap]) {
        releases = maps.reversed()
        let newest = maps.last!
        line((["libvirt"] + maps.reversed().map { $0.libvirtVersion ?? "-" }).joined(separator: "\t"))
        write(newest.x86)
        write(newest.ppc64, named: "ppc64")
        write(newest.arm, named: "arm")
        for older in maps.dropLast().reversed() {
            line("release", older.libvirtVersion ?? "-")
            write(older.x86, beside: newest.x86)
            write(older.ppc64 == newest.ppc64 ? PVRMap() : older.ppc64, named: "ppc64")
            write(older.arm == newest.arm ? PVRMap() : older.arm, named: "arm")
        }
    }

    private mutating func fields(_ fields: String?...) {
        text += fields.compactMap { $0 }.joined(separator: "\t") + "\n"
    }

    private mutating func line(_ fields: String...) { text += fields.joined(separator: "\t") + "\n" }

    private mutating func write(_ map: X86Map) {
        line("x86")
        for vendor in map.vendors { line("v", vendor.name, vendor.string) }
        for feature in map.features { write(feature, aliases: feature.aliases) }
        var group: String?
        for model in map.models { write(model, of: map, by: map, after: &group) }
    }

    private mutating func write(_ older: X86Map, beside newest: X86Map) {
        line((["v"] + older.vendors.map(\.name)).joined(separator: "\t"))
        for feature in older.features where feature.bits != newest.feature(named: feature.name)?.bits {
            write(feature, aliases: [])
        }
        line("o", Self.list(older.features.map(\.name), among: newest.features.map(\.name)))
        let names = newest.models.map(\.name)
        var group: String?
        var same: [String] = []
        for model in older.models {
            if let other = newest.model(named: model.name), Self.content(of: model, in: older) == Self.content(of: other, in: newest) {
                same.append(model.name)
                continue
            }
            if !same.isEmpty { line("k", Self.list(same, among: names)) }
            same = []
            write(model, of: older, by: newest, after: &group)
        }
        if !same.isEmpty { line("k", Self.list(same, among: names)) }
    }

    /// A model with its features by name, so that it can be compared with that of another map.
    private static func content(of model: X86Model, in map: X86Map) -> (X86Model, Set<String>) {
        var rest = model
        rest.features = FeatureSet()
        rest.since = nil
        return (rest, Set(map.featureNames(in: model.features)))
    }

    /// The place of the oldest release that has a name; nil if all have it.
    private func since(_ has: (X86Map) -> Bool) -> Int? {
        let count = releases.prefix { has($0.x86) }.count
        return count == releases.count ? nil : count - 1
    }

    private mutating func write(_ feature: X86Feature, aliases: [X86Feature.Alias]) {
        let bits = feature.bits.map(Self.bit).joined(separator: ",")
        let since = since { $0.feature(named: feature.name) != nil }
        let rest = (since.map { ["@\($0)"] } ?? []) + (feature.isMigratable ? [] : ["!"]) + aliases.map { "\($0.source)=\($0.name)" }
        line((["f", feature.name, bits] + rest).joined(separator: "\t"))
    }

    /// - Parameter newest: the map by whose features indices and digits are written.
    private mutating func write(_ model: X86Model, of map: X86Map, by newest: X86Map, after group: inout String?) {
        startGroup(model.group, after: &group)
        let flags = [(model.decodesHost, "h"), (model.decodesGuest, "g"), (model.comparesByMap, "c")]
            .filter(\.0).map(\.1).joined()
        let inherited = model.ancestor.flatMap { map.model(named: $0) }?.features
        let names = newest.features.map(\.name)
        let since = since { $0.model(named: model.name) != nil }
        fields(
            "m", model.name, model.vendor ?? "-", Self.orDash(flags), model.ancestor ?? "-",
            Self.orDash(model.signatures.map(Self.signature).joined(separator: ",")),
            model.features == inherited
                ? "=" : Self.orDash(Self.digits(newest.bits(ofFeatures: map.featureNames(in: model.features)))),
            Self.list(model.removedFeatures, among: names), Self.list(model.addedFeatures, among: names),
            since.map { String($0) })
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
    private static func zeroPadded(_ text: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }
    private static func list(_ names: [String], among all: [String]) -> String {
        orDash(names.map { zeroPadded(String(all.firstIndex(of: $0)!, radix: 36), to: 2) }.joined())
    }
    private static func orDash(_ text: String) -> String { text.isEmpty ? "-" : text }
}

extension CPUMap {
    /// The Swift source file that holds these maps as the built-in ones. Equal maps give equal bytes.
    ///
    /// - Parameter maps: the maps of different libvirt releases, oldest first, with their versions.
    /// - Throws: `CPUMapContentError` when the newest map lacks something that an older one has.
    package static func builtInSource(of maps: [CPUMap]) throws(CPUMapContentError) -> String {
        let newest = maps.last!
        for older in maps {
            let version = older.libvirtVersion ?? "-"
            for feature in older.x86.features {
                guard let other = newest.x86.feature(named: feature.name), other.isMigratable == feature.isMigratable else {
                    throw .notInNewest("feature", feature.name, release: version)
                }
            }
            for model in older.x86.models where newest.x86.model(named: model.name) == nil {
                throw .notInNewest("model", model.name, release: version)
            }
            for vendor in older.x86.vendors where !newest.x86.vendors.contains(vendor) {
                throw .notInNewest("vendor", vendor.name, release: version)
            }
        }
        let releases = maps.map { $0.libvirtVersion ?? "of unknown version" }
        return """
            // Generated by `make cpu-map` from the CPU maps of libvirt \(releases.joined(separator: ", ")) \
            (LGPL-2.1-or-later); do not edit.

            extension CPUMap {
                /// The built-in maps in their compact form: see `CompactMapWriter`.
                static let builtInText: StaticString = \"""
            \(CompactMapWriter(maps).text)\"""
            }

            """
    }
}
