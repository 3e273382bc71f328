import DomainXML

extension Rule {
    static let invalidCPU = Rule(
        id: "invalid-cpu",
        severity: .error,
        summary: "libvirt refuses this <cpu>",
        explanation: """
            What libvirt's parser and its QEMU driver refuse when a definition is read: words that they do not know, \
            features without a model, a vendor without a model, a `vendor_id` that is not 12 characters, `migratable` \
            or cache and address modes where they mean nothing. The definition cannot be defined, so it is no good as \
            it stands.

            What libvirt reads but does not use (a second `<cpu>`, a `vendor_id` under host-passthrough) is a note.
            """,
        examples: [
            .bad(
                "features without a model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu><feature policy='require' name='aes'/></cpu>
                </domain>
                """),
            .bad(
                "a word that is none",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host_model'/>
                </domain>
                """),
            .bad(
                "a vendor without a model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><vendor>Intel</vendor></cpu>
                </domain>
                """),
            .bad(
                "a vendor_id of 11 characters",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom'><model vendor_id='GenuineInte'>Haswell</model></cpu>
                </domain>
                """),
            .bad(
                "migratable belongs to host-passthrough and maximum",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model' migratable='on'/>
                </domain>
                """),
            .bad(
                "the cache of a host that the guest does not have",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><cache mode='passthrough'/></cpu>
                </domain>
                """),
            .good(
                "odd, but accepted",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model' match='exact'>
                    <model fallback='allow'/>
                    <feature name='vmx'/>
                  </cpu>
                </domain>
                """),
            .good(
                "an empty <cpu>",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu/>
                </domain>
                """),
        ],
        check: { inspection in
            if let second = inspection.domain.ignoredCPUs.first {
                inspection.report(at: second.startTag, as: .note, "a second <cpu>: libvirt reads the first only")
            }
            guard let cpu = inspection.cpu else { return }
            checkWords(cpu, &inspection)
            checkModel(cpu, &inspection)
            checkFeatures(cpu, &inspection)
            checkTopology(cpu, &inspection)
            checkCaches(cpu, &inspection)
            checkAddressWidth(cpu, &inspection)
        })

    private static func checkWord<Value: RawRepresentable<String> & CaseIterable>(
        _ word: Word<Value>?, _ name: String, _ inspection: inout Inspection
    ) {
        guard let word, word.value == nil else { return }
        let text = inspection.domain[word.text]
        let words = Value.allCases.map(\.rawValue)
        inspection.report(
            at: word.text.span, "\(name)=\(quoted(text)) is no word that libvirt knows\(didYouMean(nearest(text, among: words)))",
            help: "one of \(words.joined(separator: ", "))")
    }

    private static func checkWords(_ cpu: CPU, _ inspection: inout Inspection) {
        checkWord(cpu.mode, "mode", &inspection)
        checkWord(cpu.match, "match", &inspection)
        checkWord(cpu.check, "check", &inspection)
        checkWord(cpu.migratable, "migratable", &inspection)
        checkWord(cpu.deprecatedFeatures, "deprecated_features", &inspection)
        if let migratable = cpu.migratable, let mode = cpu.effectiveMode, mode == .custom || mode == .hostModel {
            inspection.report(
                at: migratable.text.span, "migratable is for host-passthrough and maximum, not for \(mode.rawValue)")
        }
        if let check = cpu.check, cpu.effectiveMode == .custom, cpu.namedModel == nil {
            inspection.report(at: check.text.span, "check without a CPU model")
        }
    }

    private static func checkModel(_ cpu: CPU, _ inspection: inout Inspection) {
        let domain = inspection.domain
        if let vendor = cpu.vendor, !vendor.text.isEmpty, cpu.namedModel == nil {
            inspection.report(
                at: vendor.element.span, "a vendor without a CPU model", help: "name a model, or remove <vendor>")
        }
        guard let model = cpu.model else { return }
        let isIgnored = cpu.effectiveMode == .hostPassthrough || cpu.effectiveMode == .maximum
        if !isIgnored, let fallback = model.fallback, !fallback.text.isEmpty {
            checkWord(fallback, "fallback", &inspection)
        }
        guard let id = model.vendorID, !id.isEmpty else { return }
        if isIgnored {
            inspection.report(
                at: id.span, as: .note, "vendor_id is lost under \(cpu.effectiveMode!.rawValue): the guest sees the host's")
        } else if id.utf8Count != 12 {
            inspection.report(at: id.span, "vendor_id must be exactly 12 characters long, not \(id.utf8Count)")
        } else if domain.withUTF8(id, { $0.contains(0x2c) }) {
            inspection.report(at: id.span, "vendor_id cannot hold a comma")
        }
    }

    private static func checkFeatures(_ cpu: CPU, _ inspection: inout Inspection) {
        if let first = cpu.features.first, cpu.effectiveMode == .custom, cpu.namedModel == nil {
            inspection.report(
                at: first.element.span, "features without a CPU model", help: "name the model that they are added to")
        }
        for feature in cpu.features {
            checkWord(feature.policy, "policy", &inspection)
            if feature.name == nil || feature.name!.isEmpty {
                inspection.report(at: feature.element.span, "a feature without a name")
            }
        }
    }

    private static func checkTopology(_ cpu: CPU, _ inspection: inout Inspection) {
        guard let topology = cpu.topology else { return }
        let parts = [
            ("sockets", topology.sockets, true), ("dies", topology.dies, false), ("clusters", topology.clusters, false),
            ("cores", topology.cores, true), ("threads", topology.threads, true),
        ]
        for (name, text, isNeeded) in parts {
            guard let text else {
                if isNeeded { inspection.report(at: topology.element.span, "the topology lacks \(name)") }
                continue
            }
            let value = inspection.domain[text]
            if (number(value) ?? 0) < 1 {
                inspection.report(at: text.span, "\(name)=\(quoted(value)) is no positive number")
            }
        }
    }

    private static func checkCaches(_ cpu: CPU, _ inspection: inout Inspection) {
        if cpu.caches.count > 1 {
            inspection.report(at: cpu.caches[1].element.span, "more than one <cache>")
        }
        guard let cache = cpu.caches.first else { return }
        guard let mode = cache.mode, !mode.text.isEmpty else {
            return inspection.report(at: cache.element.span, "<cache> without a mode")
        }
        checkWord(mode, "mode", &inspection)
        let level = cache.level.map { inspection.domain[$0] }
        if let level, let text = cache.level, !(1...3).contains(number(level) ?? 0) {
            inspection.report(at: text.span, "the cache level \(quoted(level)) is not 1, 2 or 3")
        }
        guard inspection.guest.isManaged else { return }
        let hasHostCPU = cpu.effectiveMode == .hostPassthrough || cpu.effectiveMode == .maximum
        if mode.value == .passthrough, !hasHostCPU {
            inspection.report(
                at: cache.element.span, "cache mode='passthrough' is for host-passthrough and maximum only",
                help: "remove it, or use mode='emulate' level='3'")
        } else if mode.value == .passthrough, level != nil {
            inspection.report(at: cache.element.span, "cache mode='passthrough' takes no level")
        } else if mode.value == .emulate, let level, number(level) != 3 {
            inspection.report(at: cache.element.span, "cache mode='emulate' is for level 3 only")
        }
    }

    private static func checkAddressWidth(_ cpu: CPU, _ inspection: inout Inspection) {
        guard let width = cpu.maxPhysAddr else { return }
        guard let mode = width.mode else {
            return inspection.report(at: width.element.span, "<maxphysaddr> without a mode")
        }
        checkWord(mode, "mode", &inspection)
        if mode.value == .passthrough, let bits = width.bits {
            inspection.report(at: bits.span, "maxphysaddr mode='passthrough' takes no bits: they are the host's")
        }
        if mode.value == .emulate, let limit = width.limit {
            inspection.report(at: limit.span, "maxphysaddr limit goes with mode='passthrough' only")
        }
    }
}
