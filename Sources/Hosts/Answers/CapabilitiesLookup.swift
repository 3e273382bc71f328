extension Host {
    /// The domain capabilities for a guest's architecture, virtualisation type, machine and emulator.
    ///
    /// Architecture and virtualisation type must be the guest's. A machine or emulator that the guest does not name may
    /// be any. On x86, the CPUs that libvirt reports do not depend on the machine (qemu_capabilities.c,
    /// `virQEMUCapsFillDomainCPUCaps`). A host named by a URI is asked once for each platform.
    ///
    /// - Returns: nil when nothing is known about the platform.
    /// - Throws: `HostError` when a host named by a URI does not answer.
    public func domainCapabilities(for guest: DomainPlatform) throws(HostError) -> KnownCapabilities? {
        if let known = nearest(to: guest), known.isOwn { return known }
        guard let connection else { return nearest(to: guest) }
        let support = guestSupport.filter { $0.architecture == guest.architecture }
        if support.isEmpty { return nil }
        // libvirtd executes the emulator that it is asked about, and each machine is another query. So only emulators
        // and machines that the host itself lists are passed on.
        var asked = guest
        let isListed = support.contains { guest.emulator.map($0.emulators.contains) ?? false }
        if !isListed { asked.emulator = nil }
        if !support.contains(where: { guest.machine.map($0.machines.contains) ?? false }) { asked.machine = nil }
        let answer = try connection.domainCapabilities(for: asked)
        let isOwn = (isListed || isSameEmulator(answer.platform, guest)) && (guest.isX86 || isSameMachine(answer.platform, guest))
        return KnownCapabilities(capabilities: answer, isOwn: isOwn)
    }

    private func nearest(to guest: DomainPlatform) -> KnownCapabilities? {
        var best: (distance: Int, capabilities: DomainCapabilities)?
        for candidate in domainCapabilities {
            guard let distance = distance(from: candidate.platform, to: guest) else { continue }
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best.map { KnownCapabilities(capabilities: $0.capabilities, isOwn: isOwn($0.capabilities.platform, for: guest)) }
    }

    /// How much a known platform differs from a guest's. A different emulator counts more than a different machine. Nil
    /// when the architecture or the virtualisation type differs.
    private func distance(from known: DomainPlatform, to guest: DomainPlatform) -> Int? {
        guard known.architecture == guest.architecture, known.virtType == guest.virtType else { return nil }
        return (isSameEmulator(known, guest) ? 0 : 2) + (isSameMachine(known, guest) ? 0 : 1)
    }

    private func isOwn(_ known: DomainPlatform, for guest: DomainPlatform) -> Bool {
        guard known.architecture == guest.architecture, known.virtType == guest.virtType else { return false }
        return isSameEmulator(known, guest) && (known.isX86 || isSameMachine(known, guest))
    }

    private func isSameEmulator(_ known: DomainPlatform, _ guest: DomainPlatform) -> Bool {
        guard let left = known.emulator, let right = guest.emulator else { return true }
        return left == right
    }

    private func isSameMachine(_ known: DomainPlatform, _ guest: DomainPlatform) -> Bool {
        guard let left = known.machine, let right = guest.machine else { return true }
        return canonical(left, known.architecture) == canonical(right, guest.architecture)
            || isAlias(left, of: right) || isAlias(right, of: left)
    }

    /// Whether a name without a version is an alias of one with a version: `virt` of `virt-8.2`. It is the same emulator's
    /// newest machine, whose CPUs are the same.
    private func isAlias(_ name: String, of versioned: String) -> Bool {
        guard versioned.hasPrefix(name + "-") else { return false }
        return versioned.dropFirst(name.count + 1).allSatisfy { $0.isNumber || $0 == "." }
    }

    /// `pc-q35-9.2` for `q35`.
    private func canonical(_ machine: String, _ architecture: String) -> String {
        for support in guestSupport where support.architecture == architecture {
            if let name = support.canonicalMachines[machine] { return name }
        }
        return machine
    }
}
