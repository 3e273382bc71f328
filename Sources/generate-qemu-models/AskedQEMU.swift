import CPUModel

/// One QEMU release, with what it replied on each of its machine types.
struct AskedQEMU {
    /// The replies with both accelerators on one machine type.
    struct OnMachine {
        var machine: MachineVersion
        var kvm: Replies, tcg: Replies
    }

    var version: QEMUVersion
    /// The newest machine type first.
    var machines: [OnMachine]

    /// The releases that gave the replies, the oldest first.
    static func all(_ replies: [Replies]) throws -> [AskedQEMU] {
        try Dictionary(grouping: replies, by: \.version).sorted { $0.key < $1.key }.map { version, replies in
            var machines: [OnMachine] = []
            for (machine, pair) in Dictionary(grouping: replies, by: \.machine) {
                guard let machine else {
                    throw Failure(description: "QEMU \(version): replies without the machine's version")
                }
                guard pair.count == 2, let kvm = pair.first(where: { $0.accelerator == .kvm }),
                    let tcg = pair.first(where: { $0.accelerator == .tcg })
                else {
                    throw Failure(description: "QEMU \(version), \(machine): not one reply each with KVM and TCG")
                }
                machines.append(OnMachine(machine: machine, kvm: kvm, tcg: tcg))
            }
            return AskedQEMU(version: version, machines: machines.sorted { $0.machine > $1.machine })
        }
    }
}
