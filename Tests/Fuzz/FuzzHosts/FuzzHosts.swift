import CPUModel
import Fuzzing
import Hosts
import Lint

/// One file, or two of one host, cut at a NUL.
private func files(_ bytes: [UInt8]) -> [HostFiles.File] {
    guard let cut = bytes.firstIndex(of: 0), cut > 3 else { return [("hv01.xml", bytes)] }
    return [
        ("hosts/hv01.capabilities.xml", Array(bytes[..<cut])), ("hosts/hv01.domcapabilities.xml", Array(bytes[(cut + 1)...])),
    ]
}

private func read(_ files: [HostFiles.File]) -> Result<[Host], HostError> {
    Result { () throws(HostError) in try HostFiles.read(files) }
}

/// The input is what `--host FILE` reads, behind one byte that chooses what is made of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = Input(start, count)
    let choice = input.choice()
    let files = files(input.rest)
    let result = read(files)
    expect(isSame(result, read(files)), "reading twice gives the same")
    switch result {
    case .failure(let error): expect(isInside(error, files), "an error's place is in the file", "\(error)")
    case .success(let hosts):
        for host in hosts { check(host) }
        judge(hosts, choice)
    }
    _ = try? Host.cpus(in: input.rest, file: "rest")
    return 0
}

private func isSame(_ one: Result<[Host], HostError>, _ other: Result<[Host], HostError>) -> Bool {
    switch (one, other) {
    case (.failure(let one), .failure(let other)): one == other
    case (.success(let one), .success(let other)):
        one.elementsEqual(other) {
            $0.name == $1.name && $0.file == $1.file && $0.cpu == $1.cpu && $0.guestSupport == $1.guestSupport
                && $0.domainCapabilities == $1.domainCapabilities
        }
    default: false
    }
}

private func isInside(_ error: HostError, _ files: [HostFiles.File]) -> Bool {
    guard let bytes = files.first(where: { $0.path == error.file })?.bytes else { return false }
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    guard error.line >= 1 else { return error.line == 0 }
    return error.line <= lines.count && error.column >= 0 && error.column <= (lines.map(\.count).max() ?? 0) + 2
}

/// Checks that a host, written as XML, is read as it was.
private func check(_ host: Host) {
    // libvirt refuses features and a vendor without a model.
    guard let cpu = host.cpu, cpu.kind == .host, cpu.model != nil else { return }
    let words = [cpu.architecture, cpu.model, cpu.vendor].compactMap { $0 } + cpu.features.map(\.name)
    // White space is the document's own where it is written raw.
    guard words.allSatisfy({ $0.unicodeScalars.allSatisfy { $0.value > 0x20 } }) else { return }
    do {
        var again = try Host.cpus(in: Array(cpu.xml.utf8), file: "written")?.first
        again?.fallback = cpu.fallback
        again?.vendorID = cpu.vendorID
        expect(again == cpu, "a host's CPU reads as it was written", "\(cpu)\n  \(String(describing: again))")
    } catch {
        broken("a host's CPU that was written can be read", "\(error)", cpu.xml)
    }
}

private func judge(_ hosts: [Host], _ choice: Int) {
    var overrides = Overrides()
    overrides.target = [.hostModelOnly, .baseline, .pin, .hostModel][choice % 4]
    overrides.isNewGuest = choice & 4 != 0
    let judge = Judge(
        policy: Policy(), hosts: hosts, overrides: overrides, purpose: choice & 8 == 0 ? .rewrite : .check)
    let words = Guests.judged(by: judge)
    expect(words == Guests.judged(by: judge), "judging twice gives the same")
    let map = CPUMap.builtIn
    let cpus = hosts.compactMap(\.cpu)
    for host in cpus {
        for guest in cpus + hosts.flatMap(\.domainCapabilities).compactMap(\.hostModel) {
            _ = try? map.compare(guest, on: host)
        }
    }
    _ = try? map.baseline(cpus, migratable: choice & 16 != 0, expand: choice & 32 != 0)
}
