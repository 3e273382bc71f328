// Times of the CPU model's operations, as lines of JSON: {"operation":…,"nanoseconds":…}. Run by `make bench`.
import CPUModel
import Glibc
import Hosts
import XMLTree

func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The median of several runs, each of so many repetitions, per repetition.
func measure(_ operation: String, repetitions: Int, _ body: () -> Void) {
    let runs = (0..<9).map { _ in
        let start = now()
        for _ in 0..<repetitions { body() }
        return Double(now() - start) / Double(repetitions)
    }
    print("{\"operation\":\"\(operation)\",\"nanoseconds\":\(Int(runs.sorted()[4].rounded()))}")
}

func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
}

// The first use decodes the built-in map: measured once, cold.
let start = now()
let map = CPUMap.builtIn
print("{\"operation\":\"load the CPU map, first use\",\"nanoseconds\":\(now() - start)}")

for release in CPUMap.builtInReleases.dropFirst() {
    let start = now()
    _ = CPUMap.builtIn(for: release)
    print("{\"operation\":\"load the CPU map of libvirt \(release), first use\",\"nanoseconds\":\(now() - start)}")
}

let qemuStart = now()
let qemu = QEMUModels.builtIn
print("{\"operation\":\"load the record of QEMU's models, first use\",\"nanoseconds\":\(now() - qemuStart)}")

let host = CPUDefinition(
    kind: .host, architecture: "x86_64", model: "Cascadelake-Server", vendor: "Intel",
    features: ["ss", "vmx", "hypervisor", "tsc_adjust", "umip", "pku", "md-clear", "stibp", "xsaves"].map { .init($0) })
let guest = CPUDefinition(
    kind: .guest, model: "Skylake-Server-IBRS",
    features: [.init("ssbd"), .init("hle", .disable), .init("rtm", .disable), .init("md-clear", .optional)])
let resolved = try map.x86.host(host)
let features = try map.x86.expand(host)
let signature = CPUSignature(family: 6, model: 85, stepping: 6)
var sink = 0

measure("compare a guest with a host", repetitions: 20_000) {
    if case .superset? = try? map.x86.compare(guest, on: resolved) { sink += 1 }
}
measure("compare a guest with a host, from definitions", repetitions: 5_000) {
    if case .superset? = try? map.compare(guest, on: host) { sink += 1 }
}
for machine in ["pc-q35-11.1", "pc-i440fx-2.4"] {
    measure("what a guest sees on \(machine)", repetitions: 5_000) {
        sink += (try? map.guestVisibleCPU(of: guest, under: .kvm, machine: machine, qemu: qemu))??.features.count ?? 0
    }
}
measure("expand a guest's CPU", repetitions: 20_000) { sink += (try? map.x86.expand(guest))?.count ?? 0 }
for kind in [CPUDefinition.Kind.host, .guest] {
    measure("decode as a \(kind)", repetitions: 500) {
        let cpu = try? map.x86.decode(features, vendor: "Intel", signature: signature, as: kind)
        sink += cpu?.features.count ?? 0
    }
}
measure("baseline of two hosts", repetitions: 500) { sink += (try? map.baseline([host, host]))?.features.count ?? 0 }
for path in CommandLine.arguments.dropFirst() {
    let bytes = read(path)
    measure("read a host's capabilities", repetitions: 50) {
        sink += (try? HostFiles.read([(path, bytes)], map: map))?.first?.cpu?.features.count ?? 0
    }
}
if sink == 0 { exit(1) }
