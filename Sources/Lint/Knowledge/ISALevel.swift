/// The features that the micro-architecture levels of x86-64 require beyond its baseline, in libvirt's names (x86-64
/// psABI, "Micro-Architecture Levels"; Proxmox's qemu-server has the same lists in CPUConfig.pm). `osxsave` is left
/// out, because the guest itself sets it.
enum ISALevel {
    static let v2 = ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"]
    static let v3 = v2 + ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
}
