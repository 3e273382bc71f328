import CPUModel
import FoundationEssentials

/// The replies of one QEMU with one accelerator and one machine type: one JSON object per line.
struct Replies {
    private struct Reply: Decodable {
        struct Greeting: Decodable { var version: Version }
        struct Version: Decodable { var qemu: QEMUVersion }
        struct Answer: Decodable {
            var model: Model?
            var enabled: Bool?
            var names: [String] = []
            var text: String?

            init(from decoder: any Decoder) throws {
                if let list = try? decoder.singleValueContainer().decode([Definition].self) {
                    names = list.map(\.name)
                } else if let text = try? decoder.singleValueContainer().decode(String.self) {
                    self.text = text
                } else {
                    let container = try decoder.container(keyedBy: Key.self)
                    model = try container.decodeIfPresent(Model.self, forKey: .model)
                    enabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
                }
            }

            enum Key: String, CodingKey { case model, enabled }
        }
        struct Definition: Decodable { var name: String }
        struct Model: Decodable { var props: [String: Property] }

        var QMP: Greeting?
        var id: String?
        var `return`: Answer?
    }

    /// The names of the commands that do not ask about a model.
    enum Command: String { case definitions, accelerator, machine }

    /// The QEMU release.
    private(set) var version = QEMUVersion(major: 0, minor: 0, micro: 0)
    /// What executes the guest's instructions.
    private(set) var accelerator = Accelerator.tcg
    /// The version of the machine type; nil if that was not asked.
    private(set) var machine: MachineVersion?
    /// The models by their names.
    private(set) var models: [String: AnsweredModel] = [:]
    /// The names of all models, if they were asked for.
    private(set) var definitions: [String] = []

    init(file: String) throws {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("{") {
            let reply = try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
            if let greeting = reply.QMP { version = greeting.version.qemu }
            guard let id = reply.id, let answer = reply.return else { continue }
            switch Command(rawValue: id) {
            case .definitions: definitions = answer.names
            case .accelerator: accelerator = answer.enabled == true ? .kvm : .tcg
            case .machine: machine = answer.text.flatMap { MachineVersion(machine: $0.replacing("-machine", with: "")) }
            case nil: if let model = answer.model { models[id] = try AnsweredModel(name: id, properties: model.props) }
            }
        }
        if models.isEmpty, definitions.isEmpty { throw Failure(description: "\(file): no model in it") }
    }
}
