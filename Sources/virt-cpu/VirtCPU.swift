import ArgumentParser

@main
struct VirtCPU: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "virt-cpu")
}
