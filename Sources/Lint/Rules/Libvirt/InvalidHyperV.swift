import DomainXML
import LibvirtWords

extension Rule {
    static let invalidHyperV = Rule(
        id: "invalid-hyperv",
        severity: .error,
        tags: [.libvirt],
        needs: .hyperV,
        summary: "libvirt refuses the Hyper-V enlightenments",
        explanation: """
            An enlightenment must have a `state`, `vendor_id` a `value` of at most 12 characters without a comma, and \
            `spinlocks` at least 4095 `retries`. libvirt refuses enlightenments that it does not know. \
            `mode='host-model'` is known since libvirt 11.9.

            Some enlightenments need others, and since version 11.9 libvirt refuses a definition without them: `stimer` \
            needs `synic` and `<timer name='hypervclock' present='yes'/>`, `tlbflush` and `ipi` need `vpindex`, `<direct>` \
            of `tlbflush` and `evmcs` need `vapic`. Older releases accept such a definition, and leave the rest to QEMU. \
            If no libvirt is stated, the rule follows the newest one that it knows. It follows what libvirt 9.0, 11.3 and \
            12.9 do.

            Under `mode='passthrough'`, libvirt 11.3 and later drop the list without looking at it, but 9.0 refuses a wrong \
            one there too.
            """,
        examples: [
            .bad(
                "the timer needs the clock", finds: "the enlightenment stimer requires <timer name='hypervclock' present='yes'/>",
                .guest(hyperv: "<vpindex state='on'/><synic state='on'/>↓<stimer state='on'/>")),
            .bad(
                "tlbflush needs vpindex", finds: "the enlightenment tlbflush requires vpindex",
                .guest(hyperv: "↓<tlbflush state='on'/>")),
            .bad(
                "a vendor of 13 characters", finds: "the vendor_id of <hyperv> must be at most 12 characters long, not 13",
                .guest(hyperv: "<vendor_id state='on' value='↓1234567890123'/>")),
            .bad(
                "an unknown enlightenment", finds: "libvirt does not know the enlightenment 'vpidx' (did you mean 'vpindex'?)",
                .guest(hyperv: "↓<vpidx state='on'/>")),
            .good(
                "the timer with what it needs",
                .guest(
                    hyperv: "<vpindex state='on'/><synic state='on'/><stimer state='on'/>",
                    clock: "<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>")),
            .good(
                "under passthrough, libvirt does not read the list",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <features>
                    <hyperv mode='passthrough'><relaxed/><tlbflush state='on'/></hyperv>
                  </features>
                </domain>
                """),
            .good(
                "libvirt 9.0 does not ask for the rest", policy: "{default: keep, libvirt: '9.0'}",
                .guest(hyperv: "<tlbflush state='on'/>")),
        ],
        check: { inspection in
            guard inspection.guest.isManaged, inspection.domain.hyperv != nil else { return }
            let check = HyperVCheck(inspection)
            check.checkMode()
            if check.readsList { for flag in inspection.domain.enlightenments { check.check(flag) } }
        })
}

/// One guest's enlightenments, and what libvirt says about them (domain_conf.c; qemu_validate.c; tried with libvirt 9.0,
/// 11.3 and 12.9).
private struct HyperVCheck {
    let inspection: Inspection
    /// The enlightenments that are switched on.
    let on: Set<String>

    init(_ inspection: Inspection) {
        self.inspection = inspection
        let domain = inspection.domain
        on = Set(domain.lastOfEach(domain.enlightenments).filter { domain.is($0.state, "on") }.map { domain[$0.name] })
    }

    /// The enlightenments that libvirt knows, with the first release that was seen to know them.
    private static let known: [String: LibvirtVersion] = {
        let old = LibvirtVersion(major: 7), newer = LibvirtVersion(major: 10)
        var known: [String: LibvirtVersion] = ["avic": old, "evmcs": old, "emsr_bitmap": newer, "xmm_input": newer]
        for name in [
            "relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id", "frequencies",
            "reenlightenment", "tlbflush", "ipi",
        ] { known[name] = old }
        return known
    }()

    /// What enlightenments need, since libvirt 11.9.
    private static let needs = [("stimer", "synic"), ("tlbflush", "vpindex"), ("ipi", "vpindex"), ("evmcs", "vapic")]
    private static let firstWithNeeds = LibvirtVersion(major: 11, minor: 9)

    /// The first release that was seen to drop the list of enlightenments under passthrough. 9.0 reads it.
    private static let firstWithoutList = LibvirtVersion(major: 11, minor: 3)

    /// Whether some libvirt reads the list of enlightenments.
    var readsList: Bool {
        !inspection.domain.is(inspection.domain.hypervMode, "passthrough")
            || inspection.readers.contains { $0 < Self.firstWithoutList }
    }

    func checkMode() {
        let domain = inspection.domain
        guard let mode = domain.hypervMode, !domain.is(mode, "custom"), !domain.is(mode, "passthrough") else { return }
        if domain.is(mode, "host-model") {
            guard let old = inspection.readers.first(where: { $0 < Self.firstWithNeeds }) else { return }
            return inspection.report(
                at: mode.span, "libvirt \(old) does not know mode='host-model' of <hyperv>: it needs 11.9 or later",
                help: "list the enlightenments instead")
        }
        inspection.report(
            at: mode.span, "mode=\(quoted(domain[mode])) is not a value that libvirt accepts",
            help: "use one of custom, passthrough, host-model")
    }

    func check(_ flag: Domain.Flag) {
        let domain = inspection.domain
        let name = domain[flag.name]
        guard let first = Self.known[name] else {
            return inspection.report(
                at: flag.element.span,
                "libvirt does not know the enlightenment \(quoted(name))\(didYouMean(nearest(name, among: Self.known.keys.sorted())))")
        }
        if let old = inspection.readers.first(where: { $0 < first }) {
            inspection.report(at: flag.element.span, "libvirt \(old) does not know the enlightenment \(name)")
        }
        guard let state = flag.state else {
            return inspection.report(at: flag.element.span, "<\(name)> has no attribute 'state'", help: "add state='on'")
        }
        if domain.is(state, "on") {
            checkValue(flag, name)
            checkNeeds(flag, name)
        } else if !domain.is(state, "off") {
            inspection.report(
                at: state.span, "state=\(quoted(domain[state])) is not a value that libvirt accepts", help: "use on or off")
        }
    }

    private func checkValue(_ flag: Domain.Flag, _ name: String) {
        let domain = inspection.domain
        switch (name, flag.value) {
        case ("vendor_id", nil):
            inspection.report(at: flag.element.span, "<vendor_id> of <hyperv> has no attribute 'value'")
        case ("vendor_id", let value?):
            if value.utf8Count > 12 {
                inspection.report(
                    at: value.span, "the vendor_id of <hyperv> must be at most 12 characters long, not \(value.utf8Count)")
            } else if domain.withUTF8(value, { $0.contains(0x2c) }) {
                inspection.report(at: value.span, "the vendor_id of <hyperv> must not contain a comma")
            }
        case ("spinlocks", nil):
            // libvirt 12.9 takes its own default, 11.3 refuses.
            guard let old = inspection.readers.first(where: { $0 < LibvirtVersion(major: 12) }) else { return }
            inspection.report(at: flag.element.span, "<spinlocks> has no attribute 'retries', which libvirt \(old) requires")
        case ("spinlocks", let retries?):
            let text = domain[retries]
            guard let number = wholeNumber(text) else {
                return inspection.report(at: retries.span, "retries=\(quoted(text)) is not a number")
            }
            if number < 4095 {
                inspection.report(at: retries.span, "the retries of <spinlocks> must be at least 4095, not \(number)")
            }
        default: return
        }
    }

    private func checkNeeds(_ flag: Domain.Flag, _ name: String) {
        let domain = inspection.domain
        // Under passthrough, libvirt does not look at the list.
        guard !domain.is(domain.hypervMode, "passthrough"),
            inspection.readers.contains(where: { $0 >= Self.firstWithNeeds })
        else { return }
        func report(_ what: String, _ needed: String, help: String) {
            inspection.report(
                at: flag.element.span, "the enlightenment \(what) requires \(needed)",
                notes: ["libvirt 11.9 and later refuse the definition without it"], help: help)
        }
        for (_, needed) in Self.needs where Self.needs.contains(where: { $0 == (name, needed) }) && !on.contains(needed) {
            return report(name, needed, help: "add <\(needed) state='on'/>, or remove <\(name)>")
        }
        if name == "tlbflush", !on.contains("vapic"),
            flag.parts.contains(where: { domain.is($0.name, "direct") && domain.is($0.state, "on") })
        {
            return report("tlbflush with <direct>", "vapic", help: "add <vapic state='on'/>, or remove <direct>")
        }
        let hasClock = domain.timers.contains { domain.is($0.name, "hypervclock") && domain.is($0.present, "yes") }
        if name == "stimer", !hasClock {
            report(
                name, "<timer name='hypervclock' present='yes'/>",
                help: "add <timer name='hypervclock' present='yes'/> to <clock>, or remove <stimer>")
        }
    }
}
