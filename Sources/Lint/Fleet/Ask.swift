import CPUModel
import DomainXML
import Hosts
import XMLTree

/// What a definition asks of a host: everything that decides whether the host starts the guest, and whether it takes it over
/// while it runs. Many definitions ask the same.
///
/// The definition of an ask is itself a `<domain>`, the smallest that asks the same.
public struct Ask: Sendable, Hashable {
    /// The smallest domain, on one line.
    public let definition: String
    /// The key of `definition`: 32 hexadecimal digits.
    public let key: String

    /// The ask of a guest.
    ///
    /// - Parameters:
    ///   - question: the guest's question.
    ///   - statesArchitecture: the definition states its architecture. Otherwise it is the host's.
    init(_ question: StartQuestion, statesArchitecture: Bool) {
        definition = Self.definition(of: question.canonical, statesArchitecture)
        key = ContentKey(of: definition).description
    }

    /// The ask of a guest; nil if QEMU does not run it, and for a `<cpu>` that libvirt cannot read.
    public init?(_ guest: Guest) {
        guard guest.isManaged, let question = StartQuestion(guest) else { return nil }
        self.init(question, statesArchitecture: guest.domain.arch != nil)
    }

    private static func definition(of question: StartQuestion, _ statesArchitecture: Bool) -> String {
        let platform = question.platform
        let arch = statesArchitecture ? attribute("arch", platform.architecture) : ""
        // The topology counts only under check='full', where it is that several threads share a socket.
        let vcpu = question.hasSeveralThreadsPerSocket ? "<vcpu>2</vcpu>" : ""
        var text = "<domain\(attribute("type", platform.virtType))>" + vcpu
            + "<os><type\(arch)\(attribute("machine", platform.machine))>hvm</type></os>"
        addCPU(of: question, to: &text)
        if let emulator = platform.emulator { text += "<devices><emulator>\(escaped(emulator))</emulator></devices>" }
        text += "</domain>"
        return text
    }

    /// Adds to the text, because names can be long, and each copy is as long.
    private static func addCPU(of question: StartQuestion, to text: inout String) {
        let cpu = question.cpu
        let hasModel = cpu.model != nil || cpu.vendorID != nil || cpu.fallback != .allow
        let isEmpty = !hasModel && cpu.vendor == nil && !question.hasSeveralThreadsPerSocket && question.addressWidth == nil && cpu.features.isEmpty
        // A <cpu> that asks for nothing asks the same as none.
        if cpu.mode == .custom, isEmpty, question.check == nil, !question.togglesDeprecatedFeatures { return }
        text += "<cpu" + attribute("mode", cpu.mode.rawValue)
        if cpu.match != .exact { text += attribute("match", cpu.match.rawValue) }
        text += attribute("check", question.check?.rawValue)
        if question.togglesDeprecatedFeatures { text += attribute("deprecated_features", "off") }
        if isEmpty { return text += "/>" }
        text += ">"
        if hasModel {
            let fallback = cpu.fallback == .allow ? "" : attribute("fallback", cpu.fallback.rawValue)
            text += "<model\(fallback)\(attribute("vendor_id", cpu.vendorID))>\(escaped(cpu.model ?? ""))</model>"
        }
        if let vendor = cpu.vendor { text += "<vendor>\(escaped(vendor))</vendor>" }
        if question.hasSeveralThreadsPerSocket { text += "<topology sockets='1' cores='1' threads='2'/>" }
        if let width = question.addressWidth { text += "<maxphysaddr mode='emulate' bits='\(width)'/>" }
        for feature in cpu.features {
            text += "<feature\(attribute("policy", feature.policy.rawValue))\(attribute("name", feature.name))/>"
        }
        text += "</cpu>"
    }

    private static func attribute(_ name: String, _ value: String?) -> String {
        value.map { " \(name)='\(escaped($0))'" } ?? ""
    }

    /// The text so that it is read as it is: white space other than a blank would become one in an attribute, and a carriage
    /// return a line feed.
    private static func escaped(_ text: String) -> String {
        let text = text.xmlEscaped
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return text.unicodeScalars.map { $0.value < 0x20 ? "&#\($0.value);" : String($0) }.joined()
    }
}

extension Ask {
    /// The ask that a definition, as `definition` states it, stands for.
    ///
    /// - Throws: `AskError` for a text that is no domain which asks for something.
    package init(reading definition: String, key: String? = nil) throws(AskError) {
        guard let ask = Self.guest(of: definition, nil, { Ask($0) }) ?? nil else { throw AskError.noAsk(definition) }
        self = ask
        if let key, key != self.key { throw AskError.otherKey(key, of: definition) }
    }

    /// The question about all guests with this ask.
    ///
    /// - Parameter hostArchitecture: of the hosts that are asked, for guests that do not state theirs.
    package func question(hostArchitecture: String? = nil) -> StartQuestion? {
        Self.guest(of: definition, hostArchitecture) { StartQuestion($0) } ?? nil
    }

    /// What a comparison with another CPU needs of the guests with this ask.
    var record: GuestRecord? { Self.guest(of: definition, nil) { GuestRecord($0) } }

    private static func guest<Answer>(of definition: String, _ hostArchitecture: String?, _ answer: (Guest) -> Answer) -> Answer? {
        withoutActuallyEscaping(answer) { answer in
            let handler = Reading(hostArchitecture, answer)
            let reader = DomainReader(handler: handler)
            var definition = definition
            do {
                try definition.withUTF8 { try reader.feed(UnsafeRawBufferPointer($0)) }
                try reader.finish()
            } catch {
                return nil
            }
            reader.restart(for: nil)
            return handler.answer
        }
    }

    private final class Reading<Answer>: DomainStreamHandler {
        let hostArchitecture: String?
        let ask: (Guest) -> Answer
        var answer: Answer?

        init(_ hostArchitecture: String?, _ ask: @escaping (Guest) -> Answer) {
            self.hostArchitecture = hostArchitecture
            self.ask = ask
        }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) -> Bool {
            if let domain = document.domains.first { answer = ask(Guest(domain, in: document, hostArchitecture: hostArchitecture)) }
            return true
        }
    }
}

/// Why a text stands for no ask.
package enum AskError: Error, Equatable, CustomStringConvertible {
    case noAsk(String)
    case otherKey(String, of: String)

    /// One line.
    package var description: String {
        switch self {
        case .noAsk(let text): "not the definition of an ask: \(quoted(String(text.prefix(200))))"
        case .otherKey(let key, let text): "the ask \(quoted(String(key.prefix(40)))) has another definition than \(quoted(String(text.prefix(200))))"
        }
    }
}
