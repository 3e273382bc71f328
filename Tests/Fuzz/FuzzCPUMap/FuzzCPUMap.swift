import CPUModel
import Fuzzing
import Hosts
import Lint

private struct NoFile: Error {}

/// A directory as one text: files cut at NULs, the first `index.xml`, the others behind a line with their name.
private func directory(_ bytes: [UInt8]) -> [String: [UInt8]] {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
    var files = ["index.xml": Array(parts[0])]
    for part in parts.dropFirst() {
        let end = part.firstIndex(of: 0x0a) ?? part.endIndex
        files[String(decoding: part[..<end], as: UTF8.self)] = Array(part[end...])
    }
    return files
}

private func read(_ files: [String: [UInt8]]) -> Result<CPUMap, CPUMapError> {
    Result { () throws(CPUMapError) in
        try CPUMap(prefix: "map/") { name in
            expect(!name.isEmpty && !name.contains("/") && name != "..", "no file outside the directory is asked for", name)
            guard let bytes = files[name] else { throw NoFile() }
            return bytes
        }
    }
}

/// The input is a CPU map's directory.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard count > 0 else { return 0 }
    let files = directory(Input(start, count).rest)
    let result = read(files)
    switch (result, read(files)) {
    case (.success(let one), .success(let other)): expect(one == other, "reading twice gives the same")
    case (.failure(let one), .failure(let other)): expect(one == other, "reading twice gives the same")
    default: broken("reading twice gives the same")
    }
    switch result {
    case .failure(let error):
        let bytes = files[String(error.file.dropFirst("map/".count))] ?? []
        let lines = bytes.count { $0 == 0x0a } + 1
        expect(error.line >= 0 && error.line <= lines, "an error's line is in the file", "\(error)")
    case .success(let map): use(map)
    }
    return 0
}

private func use(_ map: CPUMap) {
    // What the map says, in the words of a host that has all of it.
    for model in map.x86.models {
        let cpu = CPUDefinition(kind: .guest, mode: .custom, model: model.name)
        let host = CPUDefinition(kind: .host, architecture: "x86_64", model: model.name)
        do {
            let answer = try map.compare(cpu, on: host)
            if case .incompatible(let why) = answer { broken("a model runs on itself", model.name, "\(why)") }
            _ = try map.baseline([host, host], expand: true)
        } catch {
            // Features that are none, vendors that do not agree: an answer too.
        }
        _ = map.x86.nearestModel(to: model.name + "x")
    }
    var overrides = Overrides()
    overrides.target = .hostModelOnly
    let host = Host(name: "h", cpu: map.x86.models.last.map { CPUDefinition(kind: .host, architecture: "x86_64", model: $0.name) })
    let judge = Judge(
        policy: Policy(), hosts: host.cpu == nil ? [] : [host], overrides: overrides, purpose: .rewrite,
        knowledge: CPUKnowledge(map: map))
    expect(Guests.judged(by: judge) == Guests.judged(by: judge), "judging twice gives the same")
}
