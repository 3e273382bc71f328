import FoundationEssentials

/// The replies of QEMU: one JSON object per line.
struct Replies {
    private struct Reply: Decodable {
        struct Greeting: Decodable { var version: Version }
        struct Version: Decodable { var qemu: Numbers }
        struct Numbers: Decodable { var major, minor, micro: Int }
        struct Answer: Decodable { var model: Model? }
        struct Model: Decodable { var props: [String: Property] }

        var QMP: Greeting?
        var id: String?
        var `return`: Answer?
    }

    /// The QEMU release.
    private(set) var version = "unknown"
    /// The properties of each model, by the names of the model and of the property.
    private(set) var models: [String: [String: Property]] = [:]

    init(file: String) throws {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("{") {
            let reply = try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
            if let numbers = reply.QMP?.version.qemu {
                version = "\(numbers.major).\(numbers.minor).\(numbers.micro)"
            }
            if let id = reply.id, let model = reply.return?.model { models[id] = model.props }
        }
        if models.isEmpty { throw Failure(description: "\(file): no model in it") }
    }
}
