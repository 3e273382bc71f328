import CPUModel
import Glibc

/// Records how the CPU models of several QEMUs differ from those of the newest built-in CPU map, and what old machine
/// types change. `make qemu-models` runs it.
///
///     generate-qemu-models definitions          prints QMP commands that ask a QEMU for the names of its models
///     generate-qemu-models questions REPLIES    prints QMP commands that ask for each model, from the replies to that
///     generate-qemu-models write REPLIES…       prints the source file, from the replies of each QEMU on each of
///                                               its machine types with KVM and with the translator
@main
struct GenerateQEMUModels {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "definitions" where arguments.count == 1:
            print(commands([command(.definitions, #""query-cpu-definitions""#)]), terminator: "")
        case "questions" where arguments.count == 2:
            print(questions(about: try Replies(file: arguments[1]).definitions), terminator: "")
        case "write" where arguments.count > 2:
            let replies = try arguments.dropFirst().map { try Replies(file: $0) }
            print(try recorded(try AskedQEMU.all(replies)).builtInSource, terminator: "")
        default:
            throw Failure(description: "usage: generate-qemu-models definitions | questions REPLIES | write REPLIES…")
        }
    }

    private static func commands(_ commands: [String]) -> String {
        ([#"{"execute": "qmp_capabilities"}"#] + commands + [#"{"execute": "quit"}"#]).joined(separator: "\n") + "\n"
    }

    private static func command(_ id: Replies.Command, _ words: String) -> String {
        #"{"id": "\#(id.rawValue)", "execute": \#(words)}"#
    }

    /// QMP commands that ask for every model of the map, and for the further ones that a QEMU has. QEMU does not know
    /// some of the map's, and answers with an error.
    static func questions(about definitions: [String]) -> String {
        let known = CPUMap.builtIn.x86.models.map(\.name)
        let others = definitions.filter { !known.contains($0) && !notModels.contains($0) }
        let asked = [
            command(.accelerator, #""query-kvm""#),
            command(.machine, #""qom-get", "arguments": {"path": "/machine", "property": "type"}"#),
        ]
        return commands(asked + (known + others.sorted()).map { name in
            #"{"execute": "query-cpu-model-expansion", "id": "\#(name)", "#
                + #""arguments": {"type": "full", "model": {"name": "\#(name)"}}}"#
        })
    }

    /// Names in QEMU's list that stand for the host or for nothing.
    private static let notModels = ["base", "host", "max"]

    /// The record of the models of all QEMUs. Each model is recorded as the newest QEMU that knows it has it on its
    /// newest machine type; where an older one differs, that is printed to standard error. Models that no QEMU knows
    /// are left out.
    ///
    /// - Parameter qemus: the oldest first.
    static func recorded(_ qemus: [AskedQEMU]) throws -> QEMUModels {
        let map = CPUMap.builtIn
        let known = map.x86.models.map(\.name)
        let others = Set(qemus.flatMap(\.machines).flatMap { $0.tcg.models.keys }).subtracting(known).sorted()
        if !others.isEmpty { report("only QEMU has: \(others.joined(separator: ", "))") }
        let models = try (known + others).compactMap { try recorded($0, qemus) }
        reportMachines(models)
        return QEMUModels(
            qemuVersion: qemus.last!.version.description, libvirtVersion: map.libvirtVersion ?? "unknown",
            models: models, olderVersions: qemus.dropLast().map(\.version.description))
    }

    private static func recorded(_ name: String, _ qemus: [AskedQEMU]) throws -> QEMUModel? {
        var newest: (version: QEMUVersion, model: QEMUModel)?
        // On each machine type, the model of the newest QEMU that has both.
        var onMachines: [MachineVersion: QEMUModel] = [:]
        for qemu in qemus.reversed() {
            for asked in qemu.machines {
                guard let model = try record(of: name, asked) else { continue }
                if let other = onMachines[asked.machine], other != model {
                    report("\(name) on machine \(asked.machine) differs in QEMU \(qemu.version) from newer ones")
                }
                onMachines[asked.machine] = onMachines[asked.machine] ?? model
                guard asked.machine == qemu.machines[0].machine else { continue }
                if let newest, newest.model != model {
                    report("\(name) differs in QEMU \(qemu.version) from \(newest.version)")
                }
                newest = newest ?? (qemu.version, model)
            }
        }
        guard var model = newest?.model else {
            report("no QEMU has: \(name)")
            return nil
        }
        model.onOlderMachines = changes(from: model, onMachines)
        return model
    }

    /// What is otherwise on each machine type than on the next newer one.
    private static func changes(
        from newest: QEMUModel, _ onMachines: [MachineVersion: QEMUModel]
    ) -> [QEMUModel.MachineChange] {
        var newer = newest
        var changes: [QEMUModel.MachineChange] = []
        for (machine, model) in onMachines.sorted(by: { $0.key > $1.key }) where model != newer {
            changes.append(
                QEMUModel.MachineChange(
                    upTo: machine, signature: model.signature == newer.signature ? nil : model.signature,
                    brand: model.brand == newer.brand ? nil : model.brand,
                    kvm: newer.kvm.change(to: model.kvm), tcg: newer.tcg.change(to: model.tcg)))
            newer = model
        }
        return changes
    }

    private static func reportMachines(_ models: [QEMUModel]) {
        let versions = Set(models.flatMap(\.onOlderMachines).map(\.upTo)).sorted(by: >)
        for version in versions {
            let names = models.filter { $0.onOlderMachines.contains { $0.upTo == version } }.map(\.name)
            report("machine \(version) changes \(names.count) models: \(names.joined(separator: ", "))")
        }
    }

    private static func report(_ message: String) {
        let line = Array("generate-qemu-models: \(message)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }

    /// A model of one QEMU on one machine type; nil if this QEMU does not know it.
    private static func record(of name: String, _ asked: AskedQEMU.OnMachine) throws -> QEMUModel? {
        guard let real = asked.kvm.models[name], let emulated = asked.tcg.models[name] else { return nil }
        guard real.brand == emulated.brand, real.signature == emulated.signature else {
            throw Failure(description: "\(name): another brand or signature under KVM")
        }
        return QEMUModel(
            name: name, brand: emulated.brand, vendor: emulated.vendor, signature: emulated.signature,
            kvm: real.difference, tcg: emulated.difference)
    }
}
