import DomainXML
import Hosts
import Lint
import Reports

extension HostQuestion {
    /// Answers which hosts start which guests, by libvirt's rules about the CPU. Files that cannot be read are a part of the
    /// answer.
    ///
    /// - Parameter files: a directory stands for the definitions below it.
    /// - Throws: `ExitStatus.found` where a host refuses a guest; what is wrong with the hosts.
    package func startTable(_ files: [String], with specs: [String], to answer: Answer) throws {
        try checkInput(of: files, specs)
        let inputs = try inputs(named: files, answer)
        let known = try someHosts(specs, ofPolicyIn: inputs.first?.directory ?? ".")
        let check = StartCheck(hosts: known.hosts, knowledge: known.knowledge, libvirt: arguments.libvirt)
        var rows: [StartTable.Row] = [], isUnreadable = false
        for input in inputs {
            let collector = GuestCollector { guest in
                let question = StartQuestion(guest)
                let verdicts = question.map { question in known.hosts.indices.map { check.verdict(on: question, host: $0) } }
                let identity = GuestIdentity(guest)
                rows.append(StartTable.Row(file: input.name, name: identity.name, uuid: identity.uuid, verdicts: verdicts))
            }
            do {
                let bytes = try input.bytes()
                if !input.isNamed, !StrangeInput.mayHoldDomains(bytes) { continue }
                try bytes.withUnsafeBytes { try InputFile.read($0, named: input.name, with: DomainReader(), into: collector) }
            } catch let failure as IOFailure {
                isUnreadable = true
                try answer.add(failure)
            }
        }
        if rows.isEmpty {
            if !inputs.isEmpty, !isUnreadable { try addNoGuest(in: files, to: answer) }
            return
        }
        let table = StartTable(hosts: known.hosts.map(\.name), rows: rows)
        try answer.add(prose: table.text, table.json)
        try answer.add(check.failures)
        if table.hasRefusal { throw ExitStatus.found }
    }
}
