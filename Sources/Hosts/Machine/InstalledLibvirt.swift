public import LibvirtWords

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The libvirt that is installed on this machine.
public enum InstalledLibvirt {
    /// The release, by the file to which the library's name leads: `libvirt.so.0` is a link to `libvirt.so.0.9000.0` in
    /// libvirt 9.0.0, and to `libvirt.so.0.11003.0` in 11.3.0 (libvirt, meson.build, `libvirt_lib_version`). Nil if no
    /// library is found: libvirt is not installed, or elsewhere.
    public static func release() -> LibvirtVersion? { release(in: directories) }

    /// The directories in which distributions install libraries.
    private static let directories = ["/usr/lib/\(multiarch)", "/usr/lib64", "/usr/lib"]

    #if arch(x86_64)
    private static let multiarch = "x86_64-linux-gnu"
    #elseif arch(arm64)
    private static let multiarch = "aarch64-linux-gnu"
    #else
    private static let multiarch = "."
    #endif

    /// The release of the first library in some directories.
    static func release(in directories: [String]) -> LibvirtVersion? {
        for directory in directories {
            var target = [UInt8](repeating: 0, count: 256)
            let length = target.withUnsafeMutableBytes { buffer in
                readlink("\(directory)/libvirt.so.0", buffer.bindMemory(to: CChar.self).baseAddress!, buffer.count)
            }
            if length > 0, let release = release(ofLibrary: String(decoding: target[..<length], as: UTF8.self)) {
                return release
            }
        }
        return nil
    }

    /// 11.3.0 for `libvirt.so.0.11003.0`: the second number is the major version times 1,000 plus the minor one.
    static func release(ofLibrary name: String) -> LibvirtVersion? {
        let parts = name.split(separator: "/").last?.split(separator: ".") ?? []
        guard parts.count == 5, parts[0] == "libvirt", parts[1] == "so", let number = Int(parts[3]), number >= 1000,
            let micro = Int(parts[4]), (0...999).contains(micro)
        else { return nil }
        return LibvirtVersion(major: number / 1000, minor: number % 1000, micro: micro)
    }
}
