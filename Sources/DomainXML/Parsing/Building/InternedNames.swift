internal import CLibXML2

/// The names that virt-cpu reads, interned in the dictionary of one parser.
///
/// The owner calls `deallocate()`.
struct InternedNames {
    /// The elements.
    let kinds: ElementKindTable

    // Attributes
    let type, id, mode, match, check, migratable, deprecatedFeatures, fallback, vendorID, policy, name: InternedName
    let sockets, dies, clusters, cores, threads, level, bits, limit, current, arch, machine, offset, state: InternedName
    let present, frequency, value, retries, snapshot, cpus, memory, unit, memAccess, discard, os: InternedName
    /// The name of an element. Its kind is `domain`, and its name distinguishes it from the other domain of a snapshot.
    let inactiveDomain: InternedName

    init(_ dictionary: xmlDictPtr) {
        func intern(_ name: StaticString) -> InternedName {
            xmlDictLookup(dictionary, name.utf8Start, Int32(name.utf8CodeUnitCount))
        }
        type = intern("type"); id = intern("id"); mode = intern("mode"); match = intern("match")
        check = intern("check"); migratable = intern("migratable")
        deprecatedFeatures = intern("deprecated_features"); fallback = intern("fallback")
        vendorID = intern("vendor_id"); policy = intern("policy"); name = intern("name")
        sockets = intern("sockets"); dies = intern("dies"); clusters = intern("clusters"); cores = intern("cores")
        threads = intern("threads"); level = intern("level"); bits = intern("bits"); limit = intern("limit")
        current = intern("current"); arch = intern("arch"); machine = intern("machine"); offset = intern("offset")
        state = intern("state"); present = intern("present"); frequency = intern("frequency")
        value = intern("value"); retries = intern("retries"); snapshot = intern("snapshot")
        cpus = intern("cpus"); memory = intern("memory"); unit = intern("unit"); memAccess = intern("memAccess")
        discard = intern("discard"); os = intern("os")
        inactiveDomain = intern("inactiveDomain")

        let known: [(parent: ElementKind, name: StaticString, kind: ElementKind)] = [
            (.nothing, "domain", .domain), (.nothing, "domstatus", .domstatus),
            (.nothing, "domainsnapshot", .snapshot), (.nothing, "domains", .list),
            (.domstatus, "domain", .domain), (.list, "domain", .domain), (.snapshot, "domain", .domain),
            (.snapshot, "inactiveDomain", .domain), (.snapshot, "state", .snapshotState),
            (.snapshot, "memory", .snapshotMemory),
            (.domain, "name", .name), (.domain, "uuid", .uuid), (.domain, "metadata", .metadata),
            (.domain, "title", .title), (.domain, "description", .description),
            (.domain, "vcpu", .vcpu), (.domain, "os", .os), (.domain, "features", .features),
            (.domain, "cpu", .cpu), (.domain, "clock", .clock), (.domain, "devices", .devices),
            (.domain, "commandline", .commandline), (.domain, "bootloader", .beforeCPU),
            (.domain, "bootloader_args", .beforeCPU), (.domain, "idmap", .beforeCPU),
            (.domain, "on_poweroff", .afterCPU), (.domain, "on_reboot", .afterCPU), (.domain, "on_crash", .afterCPU),
            (.domain, "on_lockfailure", .afterCPU), (.domain, "pm", .afterCPU), (.domain, "perf", .afterCPU),
            (.metadata, "libosinfo", .libosinfo), (.metadataPart, "libosinfo", .libosinfo),
            (.libosinfo, "os", .libosinfoOS), (.metadata, "vmtemplate", .vmTemplate),
            (.os, "type", .osType), (.os, "kernel", .osKernel),
            (.features, "hyperv", .hyperv), (.features, "kvm", .kvm),
            (.features, "pmu", .cpuidFlag), (.features, "pvspinlock", .cpuidFlag), (.kvm, "hidden", .cpuidFlag),
            (.kvm, "hint-dedicated", .cpuidFlag), (.kvm, "poll-control", .cpuidFlag), (.kvm, "pv-ipi", .cpuidFlag),
            (.clock, "timer", .timer), (.devices, "emulator", .emulator), (.devices, "hostdev", .hostdev),
            (.devices, "interface", .interface), (.commandline, "arg", .argument),
            (.cpu, "model", .cpuModel), (.cpu, "vendor", .cpuVendor), (.cpu, "topology", .cpuTopology),
            (.cpu, "cache", .cpuCache), (.cpu, "maxphysaddr", .cpuMaxPhysAddr), (.cpu, "feature", .cpuFeature),
            (.cpu, "numa", .cpuNuma), (.cpuNuma, "cell", .numaCell), (.numaCell, "distances", .numaDistances),
            (.numaDistances, "sibling", .numaSibling),
            (.enlightenment, "direct", .enlightenmentPart), (.enlightenment, "extended", .enlightenmentPart),
        ]
        kinds = ElementKindTable(known.map { ($0.parent, intern($0.name), $0.kind) })
    }

    func deallocate() { kinds.deallocate() }
}
