import DomainXML

/// The arguments in `<qemu:commandline>` that are about the guest's CPU. QEMU reads them after those that libvirt makes of `<cpu>`.
extension Domain {
    /// Whether an argument is QEMU's `-cpu`, or looks like it.
    func isCPUOption(_ argument: DecodedText) -> Bool { self.is(argument, "-cpu") || self.is(argument, "--cpu") }

    /// The value of the last `-cpu`: of several, QEMU uses the last.
    package var commandLineCPU: String? { cpuOptions.last?.value }

    /// Each `-cpu` with its value, in order.
    var cpuOptions: [(option: DecodedText, value: String)] { options(where: isCPUOption) }

    /// `-global` options that set a property of the guest's CPUs, with their values, in order.
    ///
    /// The driver is a CPU's type or one that it is derived from: `host-x86_64-cpu`, `x86_64-cpu`, `cpu` (tried with QEMU 7.2).
    var cpuGlobals: [(option: DecodedText, value: String)] {
        options { self.is($0, "-global") || self.is($0, "--global") }.filter { Self.isOfCPU(global: $0.value) }
    }

    /// Some arguments, each with the one behind it; with an empty one, if it is the last.
    private func options(where isWanted: (DecodedText) -> Bool) -> [(option: DecodedText, value: String)] {
        let arguments = qemuArguments
        return arguments.indices.filter { isWanted(arguments[$0]) }
            .map { (arguments[$0], $0 + 1 < arguments.count ? self[arguments[$0 + 1]] : "") }
    }

    /// QEMU reads `DRIVER.PROPERTY=VALUE`, or else `driver=DRIVER,property=PROPERTY,value=VALUE` in any order (`qemu_global_option`,
    /// softmmu/qdev-monitor.c of 7.2).
    private static func isOfCPU(global value: String) -> Bool {
        let text = value.utf8
        let first = text.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "=") }, rest = text.dropFirst(first.count)
        if rest.first == UInt8(ascii: "."), rest.contains(UInt8(ascii: "=")) { return isCPU(first) }
        return text.split(separator: UInt8(ascii: ",")).contains { $0.starts(with: "driver=".utf8) && isCPU($0.dropFirst(7)) }
    }

    private static func isCPU(_ driver: Substring.UTF8View) -> Bool { driver.elementsEqual("cpu".utf8) || driver.suffix(4).elementsEqual("-cpu".utf8) }
}
