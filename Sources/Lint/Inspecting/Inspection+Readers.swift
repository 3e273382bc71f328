import CPUModel
public import LibvirtWords

extension Inspection {
    /// The releases of libvirt that are known to read the definition, the oldest first: the policy's, and those of hosts
    /// that state one. If none is known, the newest release that has a built-in CPU map.
    public var readers: [LibvirtVersion] {
        var releases = Set([libvirt].compactMap { $0 })
        for host in startCheck.distinct {
            if let release = startCheck.libvirtRelease(of: host) { releases.insert(release) }
        }
        return releases.isEmpty ? [CPUMap.builtInReleases.max()!] : releases.sorted()
    }
}
