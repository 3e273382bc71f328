import ArgumentParser
import Work

/// The hosts of a fleet.
struct FleetOptions: ParsableArguments {
    @Option(
        name: [.customLong("host"), .customLong("hosts")], parsing: .singleValue,
        help: ArgumentHelp("The hosts: the file that virt-cpu kinds wrote, or hosts as for other commands. Repeatable.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    func validate() throws {
        if host.isEmpty { throw ValidationError("no hosts: name the file that virt-cpu kinds wrote with --host") }
    }

    func question() throws -> FleetQuestion { try FleetQuestion(map.source, libvirt: map.libvirt, timeout: libvirt.timeout) }
}
