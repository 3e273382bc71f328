import DomainXML

/// What `<qemu:commandline>` says about the guest's CPU, behind what libvirt makes of `<cpu>`.
extension Domain {
    /// Whether an argument is QEMU's `-cpu`, or looks like it.
    func isCPUOption(_ argument: DecodedText) -> Bool { self.is(argument, "-cpu") || self.is(argument, "--cpu") }

    /// The value of the last `-cpu`: of several, QEMU uses the last.
    package var commandLineCPU: String? {
        guard let index = qemuArguments.lastIndex(where: isCPUOption) else { return nil }
        return value(ofOptionAt: index)
    }

    /// `-global` options that set a property of the guest's CPUs, in order, each with its place.
    ///
    /// The driver is a CPU's type or one that it is derived from: `host-x86_64-cpu`, `x86_64-cpu`, `cpu` (tried with QEMU 7.2).
    var cpuGlobals: [(option: DecodedText, value: String)] {
        qemuArguments.indices.compactMap { index in
            let option = qemuArguments[index]
            guard self.is(option, "-global") || self.is(option, "--global") else { return nil }
            let value = value(ofOptionAt: index)
            return Self.isOfCPU(global: value) ? (option, value) : nil
        }
    }

    private func value(ofOptionAt index: Int) -> String { index + 1 < qemuArguments.count ? self[qemuArguments[index + 1]] : "" }

    /// QEMU reads `DRIVER.PROPERTY=VALUE` and `driver=DRIVER,property=PROPERTY,value=VALUE`, in any order.
    private static func isOfCPU(global value: String) -> Bool {
        let words = value.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
        let named = words.last { $0.count == 2 && $0[0] == "driver" }?[1]
        guard let driver = named ?? value.split(separator: ".").first else { return false }
        return driver == "cpu" || driver.hasSuffix("-cpu")
    }
}
