import DomainXML
import Lint
import Reports

extension HostQuestion {
    /// Answers with what the guests of a file see of their CPUs.
    ///
    /// - Parameters:
    ///   - withSource: also print the file itself, after the CPU. A malformed file, or a host that does not answer, is then no
    ///     error: git shows nothing of a file whose textconv fails, but a broken file is what its reader needs to see.
    /// - Throws: what is wrong with the file or a host.
    package func show(
        _ file: String, on specs: [String], withSource: Bool = false, to answer: Answer
    ) throws {
        try checkInput(of: [file], specs)
        var input = InputFile.file(Files.named(by: [file])[0], channels)
        // Stdin can be read only once.
        if withSource { input.content = .bytes(try input.bytes()) }
        do {
            let hosts = try startCheck(specs, orOfPolicyFor: file)
            try show(input, on: hosts, to: answer)
            if withSource, let failure = hosts.failures.first { throw failure }
            try answer.add(hosts.failures)
        } catch where withSource {
            try answer.add(text: "cannot be shown: \(shown(error))\n", [])
        }
        if withSource, case .bytes(let bytes) = input.content { try answer.add(source: bytes) }
    }

    private func show(_ input: InputFile, on hosts: StartCheck, to answer: Answer) throws {
        let collector = GuestCollector(hostArchitecture: hosts.architecture) { guest in
            let record = GuestRecord(guest), description = GuestDescription(record, on: hosts)
            try answer.add(text: GuestTable.text(record, description), [GuestTable.json(record, description, file: input.name)])
        }
        try input.read(with: DomainReader(), into: collector)
    }
}
