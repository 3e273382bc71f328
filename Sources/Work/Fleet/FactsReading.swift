import DomainXML
import Glibc
import Lint
import Reports
import SystemPackage

/// Reads what `virt-cpu facts` printed, line by line.
struct FactsReading {
    private var census: FleetCensus
    private var text: [UInt8] = []
    private var progress: Progress
    private var seen: Set<FileIdentity> = []

    private struct FileIdentity: Hashable {
        var device: UInt
        var inode: UInt
    }

    /// - Parameter census: the hosts.
    init(_ census: FleetCensus, _ channels: Channels) {
        self.census = census
        progress = Progress(channels)
    }

    /// A line of facts longer than this is none.
    private static let mostBytes = 16 << 20

    /// The census with the guests of all files.
    ///
    /// - Parameter files: `-` is the input channel.
    /// - Throws: `IOFailure` for a file that cannot be read, with the line of what is not a fact; `FleetError`.
    static func read(_ files: [String], into census: FleetCensus, _ channels: Channels) throws -> FleetCensus {
        var reading = FactsReading(census, channels)
        defer { reading.progress.clear() }
        for file in files {
            if file == "-" {
                try reading.refuseSecond(FileDescriptor(rawValue: channels.input), named: "<stdin>")
                try reading.read(StandardInput(channels), named: "<stdin>")
                continue
            }
            let descriptor = try Files.open(FilePath(file), named: file).descriptor
            defer { try? descriptor.close() }
            try reading.refuseSecond(descriptor, named: file)
            try reading.read(StandardInput(descriptor, named: printable(file)), named: file)
        }
        return reading.census
    }

    /// - Throws: `FleetError` for a file that was read already: its guests would count twice.
    private mutating func refuseSecond(_ file: FileDescriptor, named name: String) throws(FleetError) {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let identity = FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        guard seen.insert(identity).inserted else { throw FleetError("\(printable(name)) is named twice, so its guests would count twice") }
    }

    private mutating func read(_ input: StandardInput, named name: String) throws {
        let reader = RecordReader(input, .ndjson, limit: Self.mostBytes) {}
        var line = 0
        while let piece = try reader.next() {
            line += 1
            if line % 1024 == 0 { progress.show { "virt-cpu: \(printable(name)): \(line) guests read" } }
            do {
                guard case .record(let bytes) = piece else { throw FleetError("the line is too long") }
                if bytes.isEmpty { continue }
                guard JSONReader.isUTF8(bytes) else { throw JSONError.notUTF8 }
                try add(bytes)
            } catch let error as JSONError {
                throw Self.failure("\(error)", name, line)
            } catch let error as AskError {
                throw Self.failure("\(error)", name, line)
            } catch let error as FleetError {
                throw Self.failure("\(error)", name, line)
            }
        }
    }

    private static func failure(_ message: String, _ name: String, _ line: Int) -> IOFailure {
        IOFailure(file: name, position: SourcePosition(line: line, column: 1), message: printable(message))
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) throws {
        var fact = FleetCensus.Fact()
        var definition: Range<Int>?
        var hasError = false, hasAsk = false
        var reader = JSONReader(bytes)
        try reader.members { (reader, name) throws(JSONError) in
            let isString = reader.isAtString()
            if isString, name.elementsEqual("ask".utf8) { return fact.ask = try string(&reader) }
            if isString, name.elementsEqual("host".utf8) { return fact.host = try string(&reader) }
            if isString, name.elementsEqual("cluster".utf8) { return fact.cluster = try string(&reader) }
            if isString, name.elementsEqual("id".utf8) { return fact.id = try string(&reader) }
            let value = try reader.skip()
            let isNull = bytes[value].elementsEqual("null".utf8)
            if name.elementsEqual("id".utf8) { fact.id = String(decoding: bytes[value], as: UTF8.self) }
            if name.elementsEqual("domain".utf8), isString { definition = value }
            if name.elementsEqual("windows".utf8) { fact.isWindows = !isNull }
            if name.elementsEqual("hostdevs".utf8) { fact.hasDevices = !bytes[value].elementsEqual("0".utf8) }
            if name.elementsEqual("error".utf8) { hasError = true }
            if name.elementsEqual("ask".utf8) { hasAsk = true }
        }
        try reader.end()
        if hasError {
            census.errors += 1
            return
        }
        guard fact.ask != nil || hasAsk else { throw FleetError("the line has no \"ask\": it is not from virt-cpu facts") }
        if let key = fact.ask, census.ask(key) == nil {
            guard let definition else { throw FleetError("the line has no \"domain\"") }
            var part = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[definition]))
            try census.add(Ask(reading: string(&part), key: key))
        }
        census.count(fact)
    }

    private mutating func string(_ reader: inout JSONReader) throws(JSONError) -> String {
        text.removeAll(keepingCapacity: true)
        try reader.string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
