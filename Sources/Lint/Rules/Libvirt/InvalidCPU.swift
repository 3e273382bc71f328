import DomainXML
import LibvirtWords

extension Rule {
    static let invalidCPU = Rule(
        id: "invalid-cpu",
        severity: .error,
        tags: [.libvirt],
        needs: .anyCPU,
        summary: "libvirt refuses this <cpu>",
        explanation: """
            libvirt's parser and its QEMU driver refuse some definitions when they read them: a `<cpu>` with words that \
            libvirt does not know, with features or a vendor but no model, with a `vendor_id` that is not 12 characters \
            long, or with `migratable`, `<cache>` or `<maxphysaddr>` settings that do not apply to its mode. Such a \
            definition cannot be defined, so the finding is an error.

            libvirt accepts other definitions that `virsh define --validate` and `virt-xml-validate` refuse, because they \
            do not match the schema: for example a second `<cpu>`, or a feature without a policy. These findings are notes.

            With hosts, a `<maxphysaddr>` of more bits than a host's processor has is an error too, for emulated guests as \
            well: libvirt refuses to define it there. The rule follows libvirt 9.0, 11.3 and 12.9, and where they differ, \
            the releases that the policy's `libvirt:` and the hosts state.
            """,
        examples: [
            .bad(
                "features without a model", finds: "<feature> requires a CPU model",
                .guest(cpu: "<cpu>↓<feature policy='require' name='aes'/></cpu>")),
            .bad(
                "an unknown mode",
                finds: "mode='host_model' is not a value that libvirt accepts (did you mean 'host-model'?)",
                .guest(cpu: "<cpu mode='↓host_model'/>")),
            .bad(
                "a vendor without a model", finds: "<vendor> requires a CPU model",
                .guest(cpu: "<cpu mode='host-model'>↓<vendor>Intel</vendor></cpu>")),
            .bad(
                "a vendor_id of 11 characters", finds: "vendor_id must be exactly 12 characters long, not 11",
                .guest(cpu: "<cpu mode='custom'><model vendor_id='↓GenuineInte'>Haswell</model></cpu>")),
            .bad(
                "migratable applies only to host-passthrough and maximum",
                finds: "migratable applies only to host-passthrough and maximum, not to host-model",
                .guest(cpu: "<cpu mode='host-model' migratable='↓on'/>")),
            .bad(
                "the host's cache without the host's CPU",
                finds: "cache mode='passthrough' requires the CPU mode host-passthrough or maximum",
                .guest(cpu: "<cpu mode='host-model'>↓<cache mode='passthrough'/></cpu>")),
            .good(
                "unusual, but accepted",
                .guest(cpu: """
                    <cpu mode='host-model' match='exact'>
                      <model fallback='allow'/>
                      <feature policy='require' name='vmx'/>
                    </cpu>
                    """)),
            .good("an empty <cpu>", .guest(cpu: "<cpu/>")),
        ],
        check: { inspection in
            if let second = inspection.domain.ignoredCPUs.first {
                reportGrammar(second.startTag, "a second <cpu>, which libvirt ignores", inspection)
            }
            guard let cpu = inspection.cpu else { return }
            checkWords(cpu, inspection)
            checkChildren(cpu, inspection)
            checkModel(cpu, inspection)
            checkFeatures(cpu, inspection)
            checkTopology(cpu, inspection)
            checkCaches(cpu, inspection)
            checkAddressWidth(cpu, inspection)
        })

    private static func checkWord<Value: RawRepresentable<String> & CaseIterable>(
        _ word: Keyword<Value>?, _ name: String, _ inspection: Inspection
    ) {
        guard let word, word.value == nil else { return }
        let text = inspection.domain[word.text]
        let words = Value.allCases.map(\.rawValue)
        inspection.report(
            at: word.text.span, "\(name)=\(quoted(text)) is not a value that libvirt accepts\(didYouMean(nearest(text, among: words)))",
            help: "use one of \(words.joined(separator: ", "))")
    }

    private static func checkWords(_ cpu: CPU, _ inspection: Inspection) {
        checkWord(cpu.mode, "mode", inspection)
        checkWord(cpu.match, "match", inspection)
        // libvirt's parser knows this word, but its schema does not.
        if let check = cpu.check, inspection.domain.is(check.text, "default") {
            reportGrammar(check.text.span, "check='default'", inspection)
        } else {
            checkWord(cpu.check, "check", inspection)
        }
        checkWord(cpu.migratable, "migratable", inspection)
        if let word = cpu.deprecatedFeatures {
            reportUnknown("deprecated_features", word.text.span, before: firstWithDeprecatedFeatures, inspection)
            if isKnown(since: firstWithDeprecatedFeatures, inspection) { checkWord(word, "deprecated_features", inspection) }
        }
        if let migratable = cpu.migratable, let mode = cpu.effectiveMode, mode == .custom || mode == .hostModel {
            inspection.report(
                at: migratable.text.span, "migratable applies only to host-passthrough and maximum, not to \(mode.rawValue)")
        }
        // Only the CPUs of x86_64 QEMU have a property `migratable` (tried with i686 guests on libvirt 9.0, 11.3 and 12.9).
        if let migratable = cpu.migratable, migratable.value == .on, cpu.effectiveMode == .hostPassthrough,
            inspection.guest.isManaged, inspection.guest.architecture.name != Architecture.defaultName,
            inspection.domain[inspection.domain.emulator?.text]?.includes(Architecture.defaultName) != true
        {
            inspection.report(
                at: migratable.text.span,
                "migratable='on' under host-passthrough applies only to x86_64 guests, not to \(inspection.guest.architecture)",
                help: "remove migratable")
        }
        if let check = cpu.check, cpu.effectiveMode == .custom, cpu.namedModel == nil, !hasDefaultCPU(inspection.guest) {
            inspection.report(at: check.text.span, "check requires a CPU model: name one, or remove check")
        }
    }

    /// Whether libvirt adds the hypervisor's default CPU to the definition before it looks at `check`
    /// (`qemuDomainDefaultCPU`, tried with libvirt 11.3).
    private static func hasDefaultCPU(_ guest: Guest) -> Bool {
        switch guest.architecture.facts.definesDefaultCPU {
        case .always: true
        case .forEmulatedGuests: guest.hypervisor == .emulated
        case .never: false
        }
    }

    // The first releases that know an attribute. 9.0 ignores it, but its schema refuses it.
    private static let firstWithLimit = LibvirtVersion(major: 9, minor: 3)
    private static let firstWithClusters = LibvirtVersion(major: 10, minor: 1)
    private static let firstWithDeprecatedFeatures = LibvirtVersion(major: 11)

    /// Whether a libvirt that reads the definition is of this release or newer.
    private static func isKnown(since release: LibvirtVersion, _ inspection: Inspection) -> Bool {
        inspection.readers.contains { $0 >= release }
    }

    /// Reports an attribute that a libvirt that reads the definition does not know.
    private static func reportUnknown(
        _ attribute: String, _ span: ByteRange, before release: LibvirtVersion, _ inspection: Inspection
    ) {
        guard let old = inspection.readers.first, old < release else { return }
        reportGrammar(span, "libvirt \(old) does not know \(attribute)", inspection)
    }

    /// Reports a part that only libvirt's schema refuses: plain `virsh define` accepts it.
    private static func reportGrammar(_ span: ByteRange, _ words: String, _ inspection: Inspection) {
        inspection.report(at: span, as: .note, "\(words): virsh define --validate refuses this, but plain virsh define accepts it")
    }

    private static func checkModel(_ cpu: CPU, _ inspection: Inspection) {
        let domain = inspection.domain
        if let vendor = cpu.vendor, !vendor.text.isEmpty, cpu.namedModel == nil {
            inspection.report(
                at: vendor.element.span, "<vendor> requires a CPU model", help: "name a model, or remove <vendor>")
        }
        guard let model = cpu.model else { return }
        if cpu.effectiveMode == .hostPassthrough || cpu.effectiveMode == .maximum {
            return checkUnreadModel(model, cpu, inspection)
        }
        if let fallback = model.fallback {
            if fallback.text.isEmpty {
                reportGrammar(model.name.element.startTag, "an empty fallback", inspection)
            } else {
                checkWord(fallback, "fallback", inspection)
            }
        }
        guard let id = model.vendorID else { return }
        if id.isEmpty {
            reportGrammar(model.name.element.startTag, "an empty vendor_id", inspection)
        } else if id.utf8Count != 12 {
            // libvirt says "characters" and counts bytes (cpu_conf.c, virCPUDefParseXML: strlen).
            let isASCII = domain.withUTF8(id) { $0.allSatisfy { $0 < 0x80 } }
            inspection.report(
                at: id.span,
                "vendor_id must be exactly 12 \(isASCII ? "characters" : "bytes") long, not \(id.utf8Count)")
        } else if domain.withUTF8(id, { $0.contains(0x2c) }) {
            inspection.report(at: id.span, "vendor_id must not contain a comma")
        } else if !domain.withUTF8(id, { $0.allSatisfy { $0 < 0x80 } }) {
            reportGrammar(id.span, "a vendor_id of 12 bytes but fewer than 12 characters", inspection)
        }
    }

    /// Checks the attributes of `<model>` under host-passthrough and maximum, where libvirt does not read them.
    private static func checkUnreadModel(_ model: CPU.Model, _ cpu: CPU, _ inspection: Inspection) {
        let domain = inspection.domain
        // The schema's words may have white space around them.
        if let fallback = model.fallback, fallback.value == nil,
            CPU.Fallback(rawValue: withoutSpaceAround(domain[fallback.text])) == nil
        {
            reportGrammar(fallback.text.span, "fallback=\(quoted(domain[fallback.text]))", inspection)
        }
        guard let id = model.vendorID else { return }
        let isValid = domain[id].unicodeScalars.count == 12 && !domain.withUTF8(id, { $0.contains(0x2c) })
        if !isValid { reportGrammar(id.span, "vendor_id=\(quoted(domain[id]))", inspection) }
    }

    private static func withoutSpaceAround(_ text: String) -> String {
        func isSpace(_ unit: UInt8) -> Bool { unit == 0x20 || unit == 0x09 || unit == 0x0a || unit == 0x0d }
        guard let first = text.utf8.firstIndex(where: { !isSpace($0) }),
            let last = text.utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }

    /// Reports elements that libvirt does not know, and second ones of those that it reads only once.
    private static func checkChildren(_ cpu: CPU, _ inspection: Inspection) {
        for child in cpu.children {
            switch child.kind {
            case .surplus: reportGrammar(child.span, "a repeated <model> or <vendor>, which libvirt ignores", inspection)
            case .other: reportGrammar(child.span, "an unknown or repeated element, which libvirt ignores", inspection)
            default: break
            }
        }
    }

    private static func checkFeatures(_ cpu: CPU, _ inspection: Inspection) {
        if let first = cpu.features.first, cpu.effectiveMode == .custom, cpu.namedModel == nil {
            inspection.report(
                at: first.element.span, "<feature> requires a CPU model", help: "name the model to which the features are added")
        }
        for feature in cpu.features {
            checkWord(feature.policy, "policy", inspection)
            guard let name = feature.name, !name.isEmpty else {
                inspection.report(at: feature.element.span, "<feature> has no attribute 'name'")
                continue
            }
            if feature.policy == nil {
                reportGrammar(feature.element.span, "a feature without a policy (libvirt assumes require)", inspection)
            }
            let isPlain = inspection.domain.withUTF8(name) { bytes in
                bytes.allSatisfy { Unicode.Scalar($0).isASCIIAlphanumeric || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f }
            }
            if !isPlain { reportGrammar(name.span, "the feature name \(quoted(inspection.domain[name]))", inspection) }
        }
    }

    private static func checkTopology(_ cpu: CPU, _ inspection: Inspection) {
        guard let topology = cpu.topology else { return }
        let parts = [
            ("sockets", topology.sockets, true), ("dies", topology.dies, false), ("clusters", topology.clusters, false),
            ("cores", topology.cores, true), ("threads", topology.threads, true),
        ]
        for (name, text, isNeeded) in parts {
            guard let text else {
                if isNeeded { inspection.report(at: topology.element.span, "<topology> has no attribute '\(name)'") }
                continue
            }
            if name == "clusters" {
                reportUnknown(name, text.span, before: firstWithClusters, inspection)
                guard isKnown(since: firstWithClusters, inspection) else { continue }
            }
            let value = inspection.domain[text]
            if (wholeNumber(value) ?? 0) < 1 {
                inspection.report(at: text.span, "\(name)=\(quoted(value)) is not a positive number")
            } else if value.utf8.first.map({ $0 < 0x30 || $0 > 0x39 }) ?? true {
                reportGrammar(text.span, "\(name)=\(quoted(value))", inspection)
            }
        }
    }

    private static func checkCaches(_ cpu: CPU, _ inspection: Inspection) {
        if cpu.caches.count > 1 {
            inspection.report(at: cpu.caches[1].element.span, "<cpu> has more than one <cache>")
        }
        guard let cache = cpu.caches.first else { return }
        guard let mode = cache.mode, !mode.text.isEmpty else {
            return inspection.report(at: cache.element.span, "<cache> has no attribute 'mode'")
        }
        checkWord(mode, "mode", inspection)
        var level: Int?
        if let text = cache.level {
            let value = inspection.domain[text]
            level = wholeNumber(value)
            guard let level, (1...3).contains(level) else {
                return inspection.report(at: text.span, "the cache level must be 1, 2 or 3, not \(quoted(value))")
            }
            if withoutSpaceAround(value).utf8.count > 1 { reportGrammar(text.span, "level=\(quoted(value))", inspection) }
        }
        guard inspection.guest.isManaged else { return }
        guard inspection.guest.isX86 else {
            return inspection.report(
                at: cache.element.span, "<cache> is supported only for x86 guests, not for \(inspection.guest.architecture)")
        }
        let hasHostCPU = cpu.effectiveMode == .hostPassthrough || cpu.effectiveMode == .maximum
        switch mode.value {
        case .passthrough where !hasHostCPU:
            inspection.report(
                at: cache.element.span, "cache mode='passthrough' requires the CPU mode host-passthrough or maximum",
                help: "remove <cache>, or use mode='emulate' level='3'")
        case .passthrough where level != nil, .disable where level != nil:
            inspection.report(at: cache.element.span, "cache mode=\(quoted(inspection.domain[mode.text])) must not have a level")
        case .emulate where level != 3:
            inspection.report(at: cache.element.span, "cache mode='emulate' requires level='3'", help: "set level='3', or remove <cache>")
        default: return
        }
    }

    private static func checkAddressWidth(_ cpu: CPU, _ inspection: Inspection) {
        guard let width = cpu.maxPhysAddr else { return }
        if inspection.guest.isManaged, !inspection.guest.isX86 {
            return inspection.report(
                at: width.element.span, "<maxphysaddr> is supported only for x86 guests, not for \(inspection.guest.architecture)")
        }
        guard let mode = width.mode else {
            return inspection.report(at: width.element.span, "<maxphysaddr> has no attribute 'mode'")
        }
        checkWord(mode, "mode", inspection)
        let domain = inspection.domain
        if let limit = width.limit { reportUnknown("limit", limit.span, before: firstWithLimit, inspection) }
        let knowsLimit = isKnown(since: firstWithLimit, inspection)
        for (name, text) in [("bits", width.bits), ("limit", knowsLimit ? width.limit : nil)] {
            guard let text else { continue }
            let value = domain[text]
            if wholeNumber(value) == nil {
                inspection.report(at: text.span, "\(name)=\(quoted(value)) is not a number")
            } else if name == "bits", wholeNumber(value)! > Int(Int32.max) {
                // libvirt reads the bits as a C int, and the limit as an unsigned one (virXMLPropInt, virXMLPropUInt).
                inspection.report(at: text.span, "bits=\(quoted(value)) is too large: libvirt accepts at most \(Int32.max)")
            } else if value.utf8.first == 0x2b || value.utf8.first == 0x20 {
                reportGrammar(text.span, "\(name)=\(quoted(value))", inspection)
            }
        }
        if mode.value == .passthrough, let bits = width.bits {
            inspection.report(at: bits.span, "maxphysaddr mode='passthrough' must not have bits: the host's width is used")
        }
        if mode.value == .emulate, width.bits == nil, let old = inspection.readers.first, old < firstWithLimit {
            inspection.report(
                at: width.element.span, "maxphysaddr mode='emulate' must have bits for libvirt \(old)",
                help: "state the number of bits")
        }
        if mode.value == .emulate, let bits = width.bits { checkHosts(bits, inspection) }
        guard let limit = width.limit, knowsLimit else { return }
        if mode.value == .emulate {
            inspection.report(at: limit.span, "maxphysaddr limit requires mode='passthrough'")
        } else if wholeNumber(domain[limit]) == 0 {
            inspection.report(at: limit.span, "maxphysaddr limit must not be 0")
        }
    }

    /// Reports each host whose processor has fewer bits. libvirt refuses the definition there, whatever the mode and the
    /// virtualisation type (qemu_validate.c; tried with libvirt 9.0, 11.3 and 12.9).
    private static func checkHosts(_ bits: DecodedText, _ inspection: Inspection) {
        guard inspection.guest.isManaged, let number = wholeNumber(inspection.domain[bits]) else { return }
        let check = inspection.startCheck
        var kinds: [Int: [Int]] = [:]
        for (kind, host) in check.distinct.enumerated() {
            if let most = check.hosts[host].physicalAddressBits, most < number { kinds[most, default: []].append(kind) }
        }
        for (most, kinds) in kinds.sorted(by: { $0.value[0] < $1.value[0] }) {
            let names = check.names(ofKinds: kinds)
            inspection.report(
                at: bits.span,
                "\(number) physical address bits are more than the \(most) that the \(names.count == 1 ? "processor" : "processors") of "
                    + "\(listing(names, upTo: mostNamedHosts)) \(names.count == 1 ? "has" : "have")",
                help: "use at most \(most) bits", hosts: names)
        }
    }
}
