import DomainXML
import Lint
import Reports

extension HostQuestion {
    /// Prints what the guests of a file see of their CPUs.
    ///
    /// - Parameters:
    ///   - withSource: also print the file itself, after the CPU. A malformed file is then no error: git shows nothing of
    ///     a file whose textconv fails, but a broken file is what its reader needs to see.
    ///   - isJSON: print one array, with an object for each guest.
    /// - Throws: what is wrong with the file or a host.
    package func show(
        _ file: String, on specs: [String], withSource: Bool = false, isJSON: Bool = false, _ channels: Channels = .standard
    ) throws {
        try checkInput(of: [file], specs)
        var input = InputFile.file(Files.named(by: [file])[0], channels)
        // Stdin can be read only once.
        if withSource { input.content = .bytes(try input.bytes()) }
        let output = OutputStream(channels.output)
        do {
            try show(input, on: startCheck(specs, orOfPolicyFor: file), isJSON: isJSON, to: output)
        } catch {
            guard withSource else {
                try output.flush()
                throw error
            }
            try output.write("cannot be shown: \(shown(error))\n")
        }
        if withSource, case .bytes(let bytes) = input.content { try bytes.withUnsafeBytes { try output.write($0) } }
        try output.flush()
    }

    private func show(_ input: InputFile, on hosts: StartCheck, isJSON: Bool, to output: OutputStream) throws {
        var json: [JSONValue] = []
        let collector = GuestCollector(hostArchitecture: hosts.architecture) { guest in
            let record = GuestRecord(guest), description = GuestDescription(record, on: hosts)
            if isJSON {
                json.append(GuestTable.json(record, description, file: input.name))
            } else {
                try output.write(GuestTable.text(record, description))
            }
        }
        try input.read(with: DomainReader(), into: collector)
        if isJSON { try output.write(JSONValue.lines(json)) }
    }
}
