import Glibc
import Reports
import SystemPackage

/// The page about the rules, as `make install` and packages install it.
enum InstalledRules {
    /// The page that was installed with an executable; nil if there is none. Another copy of virt-cpu may have other rules.
    static func page(besides executable: FilePath?) -> FilePath? {
        guard let prefix = executable?.removingLastComponent().removingLastComponent() else { return nil }
        let page = prefix.pushing("share/doc/virt-cpu/docs/rules.md")
        return Files.exists(page) ? page : nil
    }

    /// Links into the page of this executable; nil if none is installed.
    static func links() -> RuleLinks? {
        page(besides: Files.real("/proc/self/exe")).map { RuleLinks(page: $0.bytes, host: host) }
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        return gethostname(&name, name.count - 1) == 0 ? name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } : ""
    }
}
