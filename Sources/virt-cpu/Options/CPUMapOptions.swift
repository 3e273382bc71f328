import ArgumentParser
import LibvirtWords
import Work

/// The option that chooses the CPU map.
struct CPUMapOptions: ParsableArguments {
    @Option(
        name: .customLong("cpu-map"),
        help: ArgumentHelp(
            "The CPU map: builtin, system (that of the installed libvirt), or a cpu_map directory of libvirt.",
            valueName: "map"),
        completion: .custom { _, _, word in CompletionWords.maps(word) })
    var source = CPUMapSource.builtIn

    @Option(
        name: .customLong("libvirt"),
        help: ArgumentHelp(
            "The release of the hosts' libvirt, such as 9.0: its CPU map is used. (By default, a host that is named by "
                + "a URI is asked.)",
            valueName: "version"))
    var libvirt: LibvirtVersion?
}

extension LibvirtVersion: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
