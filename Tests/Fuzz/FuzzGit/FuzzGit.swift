import Fuzzing
import Reports
import Work

/// A file of a listing, as the bytes of an input describe it.
private struct File {
    var path: [UInt8]
    var oldMode: String, newMode: String
    var oldID: String, newID: String

    private static let modes = ["100644", "100755", "120000", "160000", "000000"]

    /// - Parameter bytes: two that choose, and the path, which holds no NUL.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count > 2 else { return nil }
        let (first, second) = (Int(bytes.first!), Int(bytes.dropFirst().first!))
        path = Array(bytes.dropFirst(2))
        (oldMode, newMode) = (Self.modes[first % 5], Self.modes[second % 5])
        (oldID, newID) = (Self.id(first), Self.id(second))
    }

    private static func id(_ number: Int) -> String { String(repeating: "0123456789abcdef".map(String.init)[number % 16], count: number < 128 ? 40 : 64) }

    func isRegular(_ mode: String) -> Bool { mode.hasPrefix("100") }
}

private func listing(_ files: [File], _ line: (File) -> String) -> [UInt8] {
    files.flatMap { Array(line($0).utf8) + $0.path + [0] }
}

/// Checks that git's lists are read as they were, whatever the names are.
private func check(_ files: [File]) {
    let tree = try? GitRepository.records(inTree: listing(files) { "\($0.newMode) blob \($0.newID)\t" })
    let index = try? GitRepository.records(inIndex: listing(files) { "\($0.newMode) \($0.newID) 0\t" })
    expect(tree == index && tree?.map(\.path) == files.map(\.path) && tree?.map(\.id) == files.map(\.newID), "a tree is read as it was")
    expect(tree?.map(\.isRegular) == files.map { $0.isRegular($0.newMode) }, "files are files, and links are none")
    let raw = listing(files) { ":\($0.oldMode) \($0.newMode) \($0.oldID) \($0.newID) M\0" }
    let changes = try? GitRepository.changes(in: raw)
    let regular = files.filter { $0.isRegular($0.oldMode) || $0.isRegular($0.newMode) }
    expect(changes?.map(\.path) == regular.map(\.path), "differences are read as they were")
    expect(changes?.map(\.old) == regular.map { $0.isRegular($0.oldMode) ? $0.oldID : nil }, "old sides are read as they were")
    expect(changes?.map(\.new) == regular.map { $0.isRegular($0.newMode) ? $0.newID : nil }, "new sides are read as they were")
    // git puts a line feed between the commit and its first file.
    let commit = String(repeating: "c", count: 40)
    let history = try? GitHistory(log: Array("\(commit)\0".utf8) + (raw.isEmpty ? [] : [0x0a] + raw))
    var seen: Set<[[UInt8]]> = []
    let old = files.filter { $0.isRegular($0.oldMode) && seen.insert([Array($0.oldMode.utf8), Array($0.oldID.utf8), $0.path]).inserted }
    expect(history?.versions.map(\.path) == old.map(\.path) && history?.versions.map(\.id) == old.map(\.oldID), "a history is read as it was")
    expect(history?.versions.allSatisfy { $0.commit == commit } == true, "versions belong to their commit")
}

/// Checks what is said about who pushed, by the variables that a hook finds: status and signer of a signed push, and a web server's
/// user.
private func check(environment values: [String]) {
    let variables = Dictionary(zip(["GIT_PUSH_CERT_STATUS", "GIT_PUSH_CERT_SIGNER", "REMOTE_USER"], values)) { first, _ in first }
    guard let pusher = Pusher.name(by: { variables[$0] }) else { return }
    let isSigned = ["G", "U"].contains(variables["GIT_PUSH_CERT_STATUS"]) && variables["GIT_PUSH_CERT_SIGNER"]?.isEmpty == false
    expect(pusher == (isSigned ? "\(variables["GIT_PUSH_CERT_SIGNER"]!) (signed)" : variables["REMOTE_USER"]), "a signer is named only for a good signature")
    expect(printable(pusher).unicodeScalars.allSatisfy { $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7f }, "no control character but a tab is printed")
}

/// Behind a byte that chooses, the input is what git prints or what it gives to a hook, or files in pieces that end with NUL.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = Input(start, count)
    switch input.choice() % 7 {
    case 0: _ = try? GitRepository.records(inTree: input.rest)
    case 1: _ = try? GitRepository.records(inIndex: input.rest)
    case 2: _ = try? GitRepository.changes(in: input.rest)
    case 3: _ = try? GitHistory(log: input.rest)
    case 4:
        for update in (try? BranchUpdate.all(in: input.rest)) ?? [] {
            expect(update.reference.starts(with: "refs/heads/".utf8), "only branches are updates")
            expect(update.old != nil || update.new != nil, "an update has a commit")
        }
    case 5: check(environment: input.rest.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) })
    default: check(input.rest.split(separator: 0).compactMap(File.init))
    }
    return 0
}
