import CPUModel
import Hosts
import Testing

@testable import Lint

/// What libvirt 11.3 with QEMU 10.0 said when it started these guests: "guest CPU doesn't match specification: extra features:
/// …, missing features: …", or nothing.
@Suite("check='full' demands what QEMU gives")
struct FullCheckTests {
    /// The host-model of libvirt 11.3 with QEMU 10.0 under emulation, which is the same on every host.
    private static let emulated = hostModel(
        "EPYC", "AMD",
        requires: """
        monitor x2apic hypervisor acpi ss erms mpx clwb umip pku vaes la57 rdpid pks fsrm cmpccxadd fzrm fsrs fsrc
        cmp_legacy 3dnowext 3dnow xsaveerptr wbnoinvd npt vgif svme-addr-chk
        """,
        disables: """
        vme xsavec misalignsse osvw topoext fxsr_opt nrip-save
        """)

    /// The host-model of libvirt 11.3 with QEMU 10.0 under a KVM that is itself emulated and gives little.
    private static let nested = hostModel(
        "kvm64", "Intel",
        requires: """
        x2apic tsc-deadline hypervisor vme ss arat tsc_adjust fdp-excptn-only erms zero-fcs-fds clflushopt clwb umip
        gfni la57 cldemote movdiri movdir64b fsrm md-clear tsx-ldtrk spec-ctrl stibp flush-l1d arch-capabilities ssbd
        fzrm fsrs fsrc intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl lahf_lm 3dnowprefetch invtsc wbnoinvd ibpb
        ibrs amd-stibp amd-ssbd rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no tsx-ctrl sbdr-ssdp-no
        fbsdp-no psdp-no gds-no rfds-no
        """,
        disables: """
        pni
        """)

    private static func hostModel(_ model: String, _ vendor: String, requires: String, disables: String) -> CPUDefinition {
        func features(_ text: String, _ policy: FeaturePolicy) -> [CPUDefinition.Feature] {
            text.split(whereSeparator: \.isWhitespace).map { CPUDefinition.Feature(String($0), policy) }
        }
        return CPUDefinition(
            kind: .guest, model: model, fallback: .forbid, vendor: vendor,
            features: features(requires, .require) + features(disables, .disable))
    }

    private static let models = CPUMap.builtIn.x86.models.filter { $0.name != "cpu64-rhel6" }.map { DomainCapabilities.Model(name: $0.name, usability: .no) }

    private static func verdict(
        _ type: String, _ cpu: CPUDefinition, machine: String? = "pc-q35-10.0", libvirt: String = "11.3",
        knowing: Bool = true, knowingMachines: Bool = true, severalThreads: Bool = false, check: CPUCheck = .full
    ) -> HostVerdict {
        var platform = DomainPlatform(architecture: "x86_64", virtType: type, machine: machine)
        var question = StartQuestion(cpu: cpu, check: check, platform: platform)
        question.hasSeveralThreadsPerSocket = severalThreads
        platform.machine = machine.flatMap { $0.contains("-1") ? $0 : nil } ?? "pc-q35-10.0"
        let known = DomainCapabilities(
            platform: platform, modes: [.custom: true, .hostModel: true, .maximum: true],
            hostModel: type == "kvm" ? nested : emulated, models: models)
        let support = GuestSupport(
            architecture: "x86_64", virtTypes: ["kvm", "qemu"], canonicalMachines: ["pc": "pc-i440fx-10.0", "q35": "pc-q35-10.0"])
        let host = Host(
            name: "h", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "kvm64", vendor: "Intel"),
            domainCapabilities: knowing ? [known] : [], guestSupport: knowingMachines ? [support] : [])
        return StartCheck(hosts: [host], libvirt: LibvirtVersion(libvirt)).verdict(on: question, host: 0)
    }

    private static func guest(_ model: String, match: CPUMatch = .exact, _ features: (String, FeaturePolicy)...) -> CPUDefinition {
        CPUDefinition(
            kind: .guest, match: match, model: model, fallback: .forbid, features: features.map { CPUDefinition.Feature($0, $1) })
    }

    /// A guest, and the lists of libvirt's message; nil if libvirt started it.
    struct Case: CustomTestStringConvertible, Sendable {
        var type: String, cpu: CPUDefinition, extra: String?, missing: String?

        init(_ type: String, _ cpu: CPUDefinition, extra: String? = nil, missing: String? = nil) {
            (self.type, self.cpu, self.extra, self.missing) = (type, cpu, extra, missing)
        }

        var testDescription: String { "\(type) \(cpu.model ?? "\(cpu.mode)") \(cpu.features.map(\.name))" }
    }

    static let cases = [
        Case("qemu", guest("qemu64"), extra: "hypervisor,lahf_lm"),
        Case("qemu", guest("kvm32"), extra: "hypervisor"),
        Case("qemu", guest("pentium3"), extra: "hypervisor,apic", missing: "vme"),
        Case(
            "qemu", guest("pentium2-v1", match: .strict, ("fzrm", .require), ("hypervisor", .disable), ("npt", .optional)),
            extra: "apic", missing: "vme,npt"),
        Case(
            "qemu", guest("n270-v1", ("3dnow", .optional), ("hypervisor", .optional), ("svme-addr-chk", .require), ("vaes", .require)),
            extra: "movbe,acpi,ss,lahf_lm", missing: "vme,svme-addr-chk"),
        Case("qemu", guest("athlon-v1", ("avx10-256", .forbid), ("fsrc", .disable)), extra: "hypervisor,mca", missing: "vme"),
        Case("qemu", guest("SierraForest-v1", match: .minimum, ("fsrs", .disable), ("ssbd", .forbid))),
        Case("qemu", guest("qemu64", ("hypervisor", .require), ("lahf_lm", .require))),
        Case("qemu", guest("coreduo"), extra: "hypervisor,acpi,ss", missing: "vme"),
        Case(
            "qemu", guest("Broadwell", ("xsave", .disable)), extra: "f16c,rdrand,hypervisor,arat,xsaveopt,abm",
            missing: "pcid,tsc-deadline,hle,invpcid,rtm"),
        Case(
            "qemu", guest("Skylake-Client", ("xsave", .disable)), extra: "hypervisor",
            missing: "pcid,tsc-deadline,vme,hle,invpcid,rtm,xsavec"),
        Case("qemu", CPUDefinition(kind: .guest, mode: .maximum)),
        Case("qemu", CPUDefinition(kind: .guest, mode: .hostModel)),
        Case("kvm", guest("kvm64"), extra: "x2apic,hypervisor,vme", missing: "pni"),
        Case(
            "kvm", guest("Westmere-IBRS"), extra: "x2apic,hypervisor,vme,arat",
            missing: "pni,pclmuldq,ssse3,sse4.1,sse4.2,popcnt,aes"),
        Case(
            "kvm", guest("Broadwell", ("xsave", .disable)), extra: "hypervisor,vme,arat",
            missing: "pni,pclmuldq,ssse3,fma,pcid,sse4.1,sse4.2,movbe,popcnt,aes,avx,f16c,rdrand,fsgsbase,bmi1,hle,avx2,smep,bmi2,"
                + "invpcid,rtm,rdseed,adx,smap,xsaveopt,abm,rdtscp"),
        // KVM gives topoext on an Intel host too.
        Case(
            "kvm", guest("EPYC"), extra: "x2apic,hypervisor,topoext",
            missing: "pni,pclmuldq,ssse3,fma,sse4.1,sse4.2,movbe,popcnt,aes,xsave,avx,f16c,rdrand,fsgsbase,bmi1,avx2,smep,bmi2,rdseed,"
                + "adx,smap,sha-ni,xsaveopt,xsavec,xgetbv1,svm,cr8legacy,abm,sse4a,misalignsse,osvw,mmxext,fxsr_opt,pdpe1gb,rdtscp"),
        Case("kvm", guest("pentium2", ("gds-no", .require)), extra: "x2apic,hypervisor,apic", missing: "gds-no"),
        Case("kvm", guest("EPYC-Genoa-v1", match: .minimum, ("clflushopt", .disable))),
        Case("kvm", CPUDefinition(kind: .guest, mode: .hostModel)),
    ]

    @Test("Without the output of virsh capabilities, a refusal is certain unless it hangs on QEMU's version")
    func unknownQEMU() {
        func isCertain(_ cpu: CPUDefinition, machine: String?, knowing: Bool) -> Bool {
            let verdict = Self.verdict("kvm", cpu, machine: machine, knowingMachines: knowing)
            #expect(verdict.answer == .refuses)
            return verdict.isCertain
        }
        // kvm64's pni is missing on every QEMU. Only some say of ht that they give it.
        let refused = Self.guest("kvm64"), given = ["x2apic", "hypervisor", "vme", "ht"].map { CPUDefinition.Feature($0, .require) }
        var exact = refused
        exact.features = given + [CPUDefinition.Feature("pni", .disable), CPUDefinition.Feature("cmp_legacy", .require)]
        for (machine, isSure) in [("pc-q35-10.0", true), ("q35", false)] {
            #expect(isCertain(refused, machine: machine, knowing: true))
            #expect(isCertain(refused, machine: machine, knowing: false) == isSure)
            #expect(isCertain(exact, machine: machine, knowing: true))
            #expect(!isCertain(exact, machine: machine, knowing: false))
        }
    }

    @Test("The features that differ are those of libvirt's message", arguments: cases)
    func differences(_ testCase: Case) {
        let verdict = Self.verdict(testCase.type, testCase.cpu)
        #expect(verdict.isCertain)
        func list(_ text: String?) -> [String] { text?.split(separator: ",").map(String.init) ?? [] }
        if testCase.extra == nil, testCase.missing == nil {
            #expect(verdict.answer == .starts, "\(verdict.reasons)")
        } else {
            #expect(verdict.answer == .refuses)
            guard case .notAsDefined(let extra, let missing)? = verdict.reasons.first else {
                Issue.record("\(verdict.reasons)")
                return
            }
            // The order is that of the CPU map of the host's libvirt, as in the message.
            #expect(extra == list(testCase.extra))
            #expect(missing == list(testCase.missing))
        }
    }

    @Test("The live definition of a guest starts again, and not if QEMU gives something else")
    func liveDefinition() {
        // As libvirt 11.3 shows a guest that was started with qemu64 under KVM.
        let live = Self.guest(
            "qemu64", ("x2apic", .require), ("hypervisor", .require), ("lahf_lm", .require), ("pni", .disable), ("svm", .disable))
        #expect(Self.verdict("kvm", live).answer == .starts)
        // The live definition under emulation.
        let emulated = Self.guest("qemu64", ("hypervisor", .require), ("lahf_lm", .require))
        #expect(Self.verdict("qemu", emulated).answer == .starts)
        #expect(Self.verdict("kvm", emulated).reasons == [.notAsDefined(extra: ["x2apic"], missing: ["pni", "svm"])])
    }

    @Test("A model for an old machine type is QEMU's of that time")
    func oldMachine() {
        func reasons(_ machine: String) -> [HostVerdict.Reason] { Self.verdict("qemu", Self.guest("Haswell"), machine: machine).reasons }
        let missing = ["pcid", "tsc-deadline", "hle", "invpcid", "rtm"]
        let extra = ["f16c", "rdrand", "hypervisor", "arat", "xsaveopt", "abm"]
        #expect(reasons("pc-i440fx-3.1") == [.notAsDefined(extra: extra, missing: missing)])
        #expect(reasons("pc-i440fx-2.4") == [.notAsDefined(extra: extra.dropLast(), missing: missing)])
    }

    @Test("What QEMU gives is unknown without domain capabilities, on other machine types, and from newer QEMUs")
    func unknown() {
        let own = Self.guest("kvm64", ("hypervisor", .require))
        let alone = Self.verdict("kvm", own, knowing: false)
        #expect(alone.answer == .unknown)
        #expect("\(alone.reasons)".contains("virsh domcapabilities"))
        // Every QEMU adds this one.
        let plain = Self.verdict("kvm", Self.guest("kvm64"), knowing: false)
        #expect(plain.reasons == [.notAsDefined(extra: ["hypervisor"], missing: [])])
        #expect(plain.answer == .refuses && !plain.isCertain)
        // What a kvm64 processor lacks is among what libvirt called missing.
        let newer = Self.verdict("kvm", Self.guest("Westmere-IBRS", ("hypervisor", .require)), knowing: false)
        #expect(newer.answer == .refuses && !newer.isCertain)
        #expect(newer.reasons.map { "\($0)" }.allSatisfy { $0.contains("does not provide ssse3, sse4.1, sse4.2, popcnt, aes") })
        for machine in ["pc-q35-rhel9.4.0", "pc-q35-99.0", "microvm"] {
            #expect(Self.verdict("kvm", own, machine: machine).answer == .unknown, "\(machine)")
        }
        // QEMU has no model of this name.
        #expect(Self.verdict("qemu", Self.guest("EPYC-v5")).answer != .starts)
    }

    @Test("For several threads in a socket QEMU 10.0 turns on ht, and cmp_legacy for AMD; libvirt 12.9 ignores both")
    func topology() {
        func verdict(_ machine: String, _ libvirt: String) -> HostVerdict {
            Self.verdict(
                "qemu", Self.guest("qemu64", ("hypervisor", .require), ("lahf_lm", .require)), machine: machine, libvirt: libvirt,
                severalThreads: true)
        }
        #expect(verdict("pc-q35-10.0", "11.3").reasons == [.notAsDefined(extra: ["ht", "cmp_legacy"], missing: [])])
        #expect(verdict("pc-q35-11.1", "12.9").answer == .starts)
        // Not seen.
        #expect(verdict("pc-q35-10.1", "12.0").answer == .unknown)
    }

    @Test("A model that the hypervisor does not list is refused, unless the host's model replaces it", arguments: [CPUCheck.none, .full])
    func unlisted(_ check: CPUCheck) {
        #expect(Self.verdict("qemu", Self.guest("cpu64-rhel6"), check: check).reasons == [.notListed("cpu64-rhel6")])
        #expect(Self.verdict("qemu", Self.guest("cpu64-rhel6", match: .minimum), check: check).answer == .starts)
    }

    @Test("QEMU ends at a feature that it does not know, whatever libvirt checks", arguments: [CPUCheck.none, .partial, .full])
    func unknownToQEMU(_ check: CPUCheck) {
        let forced = Self.verdict("qemu", Self.guest("qemu64", ("cvt16", .force)), check: check)
        #expect(forced.reasons == [.unknownToQEMU(["cvt16"])] && forced.answer == .refuses)
        // A comparison finds it before.
        let required = Self.verdict("qemu", Self.guest("qemu64", ("pconfig", .require)), check: check)
        #expect(required.reasons == [check == .partial ? .incompatible(.missingFeatures(["pconfig"])) : .unknownToQEMU(["pconfig"])])
        // libvirt does not pass on what is disabled.
        #expect(Self.verdict("qemu", Self.guest("qemu64", ("cvt16", .disable)), check: .none).answer == .starts)
    }

    @Test("A model with an invariant TSC is refused under emulation")
    func invariantTSC() {
        let model = Self.verdict("qemu", Self.guest("YongFeng"), libvirt: "12.9", check: .none)
        #expect(model.reasons == [.incompatible(.missingFeatures(["invtsc"]))])
        let without = Self.guest("YongFeng", ("invtsc", .disable))
        #expect(Self.verdict("qemu", without, libvirt: "12.9", check: .none).answer == .starts)
    }

    @Test("A forbidden feature of the host is refused unless nothing is checked")
    func forbidden() {
        let cpu = CPUDefinition(kind: .guest, mode: .maximum, features: [CPUDefinition.Feature("hypervisor", .forbid)])
        for check in [CPUCheck.partial, .full] {
            #expect(Self.verdict("qemu", cpu, check: check).reasons == [.incompatible(.forbiddenFeatures(["hypervisor"]))])
        }
        #expect(Self.verdict("qemu", cpu, check: .none).answer == .starts)
    }

    @Test("A forbidden feature that only the processor has counts where libvirt compares, and in 9.0 always")
    func forbiddenProcessorFeature() {
        func reasons(_ libvirt: String, _ check: CPUCheck) -> [HostVerdict.Reason] {
            let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm", machine: "pc-q35-10.0")
            let known = DomainCapabilities(platform: platform, modes: [.custom: true], hostModel: Self.nested, models: Self.models)
            let cpu = CPUDefinition(
                kind: .host, architecture: "x86_64", model: "kvm64", vendor: "Intel", features: [.init("avx512-bf16")])
            var host = Host(name: "h", cpu: cpu, domainCapabilities: [known])
            host.libvirt = LibvirtVersion(libvirt)
            let question = StartQuestion(cpu: Self.guest("486", ("avx512-bf16", .forbid)), check: check, platform: platform)
            return StartCheck(hosts: [host]).verdict(on: question, host: 0).reasons
        }
        let forbidden = [HostVerdict.Reason.incompatible(.forbiddenFeatures(["avx512-bf16"]))]
        #expect(reasons("9.0", .partial) == forbidden)
        #expect(reasons("9.0", .full) == forbidden)
        #expect(reasons("11.3", .partial) == forbidden)
        #expect(reasons("11.3", .full) == [.notAsDefined(extra: ["x2apic", "hypervisor"], missing: [])])
        #expect(reasons("11.3", .none).isEmpty)
    }

    @Test("deprecated_features needs QEMU 10.1, and libvirt before 11.0 ignores it")
    func deprecatedFeatures() {
        func answer(machine: String, libvirt: String) -> HostVerdict.Answer {
            let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: machine)
            var question = StartQuestion(cpu: CPUDefinition(kind: .guest, mode: .hostModel), platform: platform)
            question.togglesDeprecatedFeatures = true
            let known = DomainCapabilities(platform: platform, modes: [.hostModel: true], hostModel: Self.emulated, models: Self.models)
            var host = Host(name: "h", cpu: nil, domainCapabilities: [known])
            host.libvirt = LibvirtVersion(libvirt)
            return StartCheck(hosts: [host]).verdict(on: question, host: 0).answer
        }
        #expect(answer(machine: "pc-q35-7.2", libvirt: "9.0") == .starts)
        #expect(answer(machine: "pc-q35-10.0", libvirt: "11.3") == .refuses)
        #expect(answer(machine: "pc-q35-11.1", libvirt: "12.9") == .starts)
    }

    @Test("The remedy is to remove check='full', and then what the host still refuses")
    func remedy() {
        func remedy(_ cpu: CPUDefinition) -> String? {
            let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "pc-q35-10.0")
            let known = DomainCapabilities(platform: platform, modes: [.custom: true], hostModel: Self.emulated, models: Self.models)
            let check = StartCheck(hosts: [Host(name: "h", cpu: nil, domainCapabilities: [known])], libvirt: LibvirtVersion("11.3"))
            return check.remedy(for: StartQuestion(cpu: cpu, check: .full, platform: platform), host: 0)?.description
        }
        #expect(remedy(Self.guest("qemu64")) == "remove check='full'")
        #expect(HostRemedy(model: "Haswell-noTSX", removesVendor: true, removesFullCheck: true).description
            == "remove check='full' and <vendor>, and use Haswell-noTSX")
    }
}
