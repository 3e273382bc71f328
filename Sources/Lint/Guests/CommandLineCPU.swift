import DomainXML

/// What `<qemu:commandline>` says about the guest's CPU, behind what libvirt makes of `<cpu>`.
extension Domain {
    /// Whether an argument is QEMU's `-cpu`, or looks like it.
    func isCPUOption(_ argument: DecodedText) -> Bool { self.is(argument, "-cpu") || self.is(argument, "--cpu") }

    /// The value of the last `-cpu`: of several, QEMU uses the last.
    package var commandLineCPU: String? {
        qemuArguments.lastIndex(where: isCPUOption).map(value(ofOptionAt:))
    }

    /// Each `-cpu` with its value, in order.
    var cpuOptions: [(option: DecodedText, value: String)] {
        qemuArguments.indices.filter { isCPUOption(qemuArguments[$0]) }.map { (qemuArguments[$0], value(ofOptionAt: $0)) }
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
