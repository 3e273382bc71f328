public import CPUModel

/// Reads hosts from files: the output of `virsh capabilities` and `virsh domcapabilities`, a host's `<cpu>`, libvirt's
/// `<cpudata>`, or a file that holds several of these one after another.
public enum HostFiles {
    /// The path of a file, which names the host and is used in messages, and the bytes of the file.
    public typealias File = (path: String, bytes: [UInt8])

    /// Reads hosts from the contents of files.
    ///
    /// Files of one directory whose names differ only by the kind of the document are one host, such as
    /// `hv01.capabilities.xml` and `hv01.domcapabilities.xml`.
    ///
    /// - Parameters:
    ///   - files: the files. The hosts are returned in the order of their first files.
    ///   - map: the CPU map by which CPUID data is decoded; nil for the built-in one.
    /// - Throws: `HostError` for a file that does not describe a host, two descriptions of one host's CPU, more than
    ///   4,096 files, and a file of more than 16 MiB.
    public static func read(_ files: [File], map: CPUMap? = nil) throws(HostError) -> [Host] {
        var known = KnownDomainCapabilities()
        return try read(files, map: map, &known)
    }

    /// The same, for hosts that are read one after another.
    ///
    /// - Parameter known: what earlier calls have read. Equal domain capabilities are read once.
    package static func read(_ files: [File], map: CPUMap?, _ known: inout KnownDomainCapabilities) throws(HostError) -> [Host] {
        if files.count > HostLimits.files {
            throw HostError(file: files[0].path, message: "more than \(HostLimits.files) host files")
        }
        var hosts: [HostBuilder] = []
        var places: [String: Int] = [:]
        var stems: [String] = []
        for file in files {
            let stem = stem(of: file.path)
            let place = places[stem] ?? hosts.count
            if place == hosts.count {
                places[stem] = place
                stems.append(stem)
                hosts.append(HostBuilder(name: name(of: file.path)))
                hosts[place].host.file = file.path
            }
            try add(file, to: &hosts[place], map: map, &known)
        }
        // Hosts with the same name in several directories get their paths as names.
        let names = Dictionary(hosts.map { ($0.host.name, 1) }, uniquingKeysWith: +)
        return zip(hosts, stems).map { builder, stem in
            var host = builder.host
            if names[host.name]! > 1 { host.name = stem }
            return host
        }
    }

    /// Adds the documents of a file to a host.
    ///
    /// - Parameter known: the domain capabilities that files of other hosts hold and nothing else. Equal ones are read once.
    private static func add(
        _ file: File, to builder: inout HostBuilder, map: CPUMap?, _ known: inout KnownDomainCapabilities
    ) throws(HostError) {
        if file.bytes.count > HostLimits.bytes {
            throw HostError(
                file: file.path,
                message: "the file is too large for a host description (the limit is \(HostLimits.bytes >> 20) MiB)")
        }
        let content = FileContent(file.bytes)
        if let capabilities = known[content], builder.add(capabilities, in: file.path) { return }
        let documents = try HostDocuments(file.bytes, file: file.path).read()
        for document in documents {
            let hadCPU = builder.host.cpu != nil
            do {
                try builder.add(document.root, in: file.path, map: map)
            } catch {
                throw HostError(
                    file: file.path, line: document.lineOffset + error.line, column: 1, message: error.message)
            }
            if !hadCPU, builder.host.cpu != nil { builder.host.file = file.path }
        }
        if documents.count == 1, documents[0].root.name == "domainCapabilities" { known[content] = builder.host.domainCapabilities.last }
    }

    /// `hv01` for `hosts/hv01.capabilities.xml`.
    package static func name(of path: String) -> String {
        String(stem(of: path).split(separator: "/").last ?? "host")
    }

    /// What the paths of one host's files have in common: the path without `.xml` and without a word for the kind of
    /// the document.
    package static func stem(of path: String) -> String {
        var stem = path[...]
        func drop(_ suffixes: [String]) {
            guard let suffix = suffixes.first(where: { stem.hasSuffix($0) }) else { return }
            let rest = stem.dropLast(suffix.count)
            if !rest.isEmpty, !rest.hasSuffix("/") { stem = rest }
        }
        drop([".xml"])
        drop([".capabilities", ".domcapabilities", ".domaincapabilities", ".caps", ".domcaps", ".cpu", ".cpudata"])
        return String(stem)
    }
}

extension Host {
    /// Reads one host from the contents of a file.
    ///
    /// - Parameters:
    ///   - bytes: the output of `virsh capabilities`, or anything else that `HostFiles.read` takes.
    ///   - file: the path of the file. Its last component names the host.
    /// - Throws: `HostError` when the bytes do not describe a host.
    public init(capabilities bytes: [UInt8], file: String) throws(HostError) {
        self = try HostFiles.read([(file, bytes)])[0]
    }
}
