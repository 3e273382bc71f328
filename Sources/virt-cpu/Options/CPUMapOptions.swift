import ArgumentParser
import Work

/// The option that chooses the CPU map.
struct CPUMapOptions: ParsableArguments {
    @Option(
        name: .customLong("cpu-map"),
        help: ArgumentHelp(
            "The CPU map: builtin, system (that of the installed libvirt), or a cpu_map directory of libvirt.", valueName: "map"))
    var source = CPUMapSource.builtIn
}
