import DomainXML
import Hosts
import Lint
import Reports

extension HostQuestion {
    /// Prints which hosts start which guests, by libvirt's rules about the CPU.
    ///
    /// - Parameter files: a directory stands for the definitions below it.
    /// - Throws: `ExitStatus`: failed where a file cannot be read, found where a host refuses a guest; what is wrong with the
    ///   hosts.
    package func startTable(
        _ files: [String], with specs: [String], isJSON: Bool, _ channels: Channels = .standard
    ) throws {
        try checkInput(of: files, specs)
        var isFailed = false
        func fail(_ failure: IOFailure) {
            channels.complain(failure.shown)
            isFailed = true
        }
        let inputs = InputFile.files(named: Files.named(by: files), channels, including: included.names) { fail($0) }
        let known = try someHosts(specs, ofPolicyIn: inputs.first?.directory ?? ".")
        let check = StartCheck(hosts: known.hosts, knowledge: known.knowledge, libvirt: arguments.libvirt)
        var rows: [StartTable.Row] = []
        for input in inputs {
            let collector = GuestCollector { guest in
                let question = StartQuestion(guest)
                let verdicts = question.map { question in known.hosts.indices.map { check.verdict(on: question, host: $0) } }
                rows.append(StartTable.Row(file: input.name, guest: guest.domain[guest.domain.name?.text] ?? "", uuid: guest.domain[guest.domain.uuid?.text], verdicts: verdicts))
            }
            do {
                let bytes = try input.bytes()
                if !input.isNamed, !StrangeInput.mayHoldDomains(bytes) { continue }
                try bytes.withUnsafeBytes { try InputFile.read($0, named: input.name, with: DomainReader(), into: collector) }
            } catch let failure as IOFailure {
                fail(failure)
            }
        }
        let table = StartTable(hosts: known.hosts.map(\.name), rows: rows)
        try isJSON ? channels.print(table.jsonLines) : channels.printProse(table.text)
        if isFailed || !check.failures.isEmpty {
            check.failures.forEach { channels.complain("\($0)") }
            throw ExitStatus.failed
        }
        if table.hasRefusal { throw ExitStatus.found }
    }
}
