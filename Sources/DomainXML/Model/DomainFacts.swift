/// What is stored for a ``Domain``. The properties are those of `Domain`, where they are documented.
struct DomainFacts {
    var container = Domain.Container.root
    var isRunning = false
    /// The domain is in a namespace: a new child needs `xmlns=''`, because libvirt reads children without a namespace.
    var isInNamespace = false

    var element = Element.none
    var type: DecodedText?
    var id: DecodedText?
    var name: TextElement?
    var uuid: TextElement?
    var osinfoID: DecodedText?
    var title: TextElement?
    var description: TextElement?
    var templateOS: DecodedText?
    var bootsKernel = false
    var vcpu: TextElement?
    var vcpuCurrent: DecodedText?
    var osType: TextElement?
    var arch: DecodedText?
    var machine: DecodedText?
    var emulator: TextElement?

    var passedThroughDevices = 0

    var hyperv: Element?
    var hypervMode: DecodedText?
    var enlightenments: [Domain.Flag] = []
    var cpuidFlags: [Domain.Flag] = []
    var clock: Element?
    var clockOffset: DecodedText?
    var timers: [Domain.Timer] = []
    var qemuArguments: [DecodedText] = []
    var comments: [Domain.Comment] = []
    var cpu: CPU?
    var ignoredCPUs: [Element] = []

    /// The last of `bootloader`, `bootloader_args`, `os`, `idmap` and `features`: libvirt prints `<cpu>` after it.
    var lastBeforeCPU: ByteRange?
    /// The first of `clock`, `on_*`, `pm`, `perf` and `devices`: libvirt prints `<cpu>` before it.
    var firstAfterCPU: ByteRange?

    var storage = TextStorage()

    /// Forgets the last domain and keeps its memory for the next one.
    mutating func reset(container: Domain.Container) {
        self.container = container
        isRunning = container == .status
        isInNamespace = false
        element = .none
        type = nil; id = nil; name = nil; uuid = nil; osinfoID = nil
        title = nil; description = nil; templateOS = nil; bootsKernel = false
        vcpu = nil; vcpuCurrent = nil; osType = nil; arch = nil; machine = nil; emulator = nil
        passedThroughDevices = 0
        hyperv = nil; hypervMode = nil
        if !cpuidFlags.isEmpty { cpuidFlags.removeAll(keepingCapacity: true) }
        if !enlightenments.isEmpty { enlightenments.removeAll(keepingCapacity: true) }
        clock = nil; clockOffset = nil
        if !timers.isEmpty { timers.removeAll(keepingCapacity: true) }
        if !qemuArguments.isEmpty { qemuArguments.removeAll(keepingCapacity: true) }
        if !comments.isEmpty { comments.removeAll(keepingCapacity: true) }
        cpu = nil
        if !ignoredCPUs.isEmpty { ignoredCPUs.removeAll(keepingCapacity: true) }
        lastBeforeCPU = nil; firstAfterCPU = nil
        storage.count = 0
    }
}
