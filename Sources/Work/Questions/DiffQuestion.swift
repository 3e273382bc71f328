import DomainXML
import Lint
import Reports

extension HostQuestion {
    /// Compares the CPUs that guests see in two files, and answers with the differences.
    ///
    /// - Throws: `ExitStatus.found` where a guest sees another CPU, or may see one; `IOFailure` for files without a
    ///   domain in common; what is wrong with a file or host.
    package func diff(
        _ old: String, _ new: String, on specs: [String], to answer: Answer
    ) throws {
        try checkInput(of: [old, new], specs)
        let hosts = try startCheck(specs, orOfPolicyFor: new == "-" ? old : new)
        // A path may name a pipe: diff <(git show HEAD:vm.xml) vm.xml.
        let inputs = Files.named(by: [old, new]).map { InputFile.file($0, channels) }
        let differences = GuestDifferences(
            from: try records(in: inputs[0], hosts), to: try records(in: inputs[1], hosts), on: hosts,
            files: (inputs[0].name, inputs[1].name))
        try answer.add(prose: differences.text, differences.json)
        try answer.add(hosts.failures)
        guard differences.isAnswer else { throw IOFailure(message: "the two files have no domain in common") }
        if differences.isChanged { throw ExitStatus.found }
    }

    private func records(in input: InputFile, _ hosts: StartCheck) throws -> [GuestRecord] {
        var records: [GuestRecord] = []
        let collector = GuestCollector(hostArchitecture: hosts.architecture) { records.append(GuestRecord($0)) }
        try input.read(with: DomainReader(), into: collector)
        guard !records.isEmpty else { throw IOFailure(file: input.name, message: "contains no <domain>") }
        return records
    }
}
