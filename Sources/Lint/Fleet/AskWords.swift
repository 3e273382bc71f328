import CPUModel

extension StartQuestion {
    /// The CPU in as few words as tell it apart from others: `host-model`, `Skylake-Server-IBRS +pcid -hle`, `no CPU`.
    package var words: String {
        var words: [String]
        switch cpu.mode {
        case .custom: words = [cpu.model ?? "no CPU"]
        case .hostModel, .hostPassthrough, .maximum: words = [cpu.mode.rawValue]
        }
        if cpu.match == .minimum { words.append("match=minimum") }
        if cpu.match == .strict { words.append("match=strict") }
        if let check { words.append("check=\(check.rawValue)") }
        if let vendor = cpu.vendor { words.append("vendor=\(vendor)") }
        if let id = cpu.vendorID { words.append("vendor_id=\(id)") }
        if let addressWidth { words.append("maxphysaddr=\(addressWidth)") }
        words += cpu.features.map { feature in
            switch feature.policy {
            case .require: "+\(feature.name)"
            case .disable: "-\(feature.name)"
            default: "\(feature.policy.rawValue):\(feature.name)"
            }
        }
        if !platform.isAccelerated { words.append("(\(platform.virtType))") }
        if platform.architecture != Architecture.defaultName { words.append("(\(platform.architecture))") }
        return words.joined(separator: " ")
    }

    /// What the words leave out, if the answer can depend on it: `machine pc-q35-9.2, several threads per socket`.
    package var platformWords: String? {
        let words = [
            platform.machine.map { "machine \($0)" }, hasSeveralThreadsPerSocket ? "several threads per socket" : nil,
            platform.emulator.map { "emulator \($0)" },
        ].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
