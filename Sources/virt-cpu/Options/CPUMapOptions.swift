import ArgumentParser
import Work

/// The option that chooses the CPU map.
struct CPUMapOptions: ParsableArguments {
    @Option(
        name: .customLong("cpu-map"),
        help: ArgumentHelp(
            "libvirt's CPU map: builtin, system (the installed libvirt's) or a cpu_map directory.", valueName: "map"))
    var source = CPUMapSource.builtIn
}
