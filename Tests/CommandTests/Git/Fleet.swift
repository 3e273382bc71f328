import TestSupport

/// Definitions of a small site, as `virsh dumpxml --inactive` writes them.
enum Fleet {
    /// Four vCPUs in one socket, on a disk and a bridge.
    ///
    /// - Parameters:
    ///   - number: the last digits of its uuid, disk and MAC address.
    ///   - os: the libosinfo id's end (`debian.org/debian/12`); nil for none.
    ///   - cpu: what `<cpu>` holds besides the topology, or nil for no `<cpu>`.
    static func guest(
        _ name: String, _ number: Int, os: String? = nil, machine: String = "pc-q35-7.2", features: String = "",
        cpu: String? = nil
    ) -> String {
        let metadata = os.map { os in
            """

              <metadata>
                <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
                  <libosinfo:os id="http://\(os)"/>
                </libosinfo:libosinfo>
              </metadata>
            """
        }
        return """
            <domain type='kvm'>
              <name>\(name)</name>
              <uuid>6b0f5d22-0d5c-4c4e-9a51-5e0f0c4f10\(number)</uuid>\(metadata ?? "")
              <memory unit='KiB'>8388608</memory>
              <vcpu placement='static'>4</vcpu>
              <os>
                <type arch='x86_64' machine='\(machine)'>hvm</type>
                <boot dev='hd'/>
              </os>
              <features>
                <acpi/>
                <apic/>\(features)
              </features>\(cpu.map { "\n  " + $0 } ?? "")
              <clock offset='utc'/>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/>
                  <source file='/var/lib/libvirt/images/\(number).qcow2'/>
                  <target dev='vda' bus='virtio'/>
                </disk>
                <interface type='bridge'>
                  <mac address='52:54:00:6b:3c:\(number)'/>
                  <source bridge='br0'/>
                  <model type='virtio'/>
                </interface>
              </devices>
            </domain>

            """
    }

    static func model(_ name: String, _ features: [String] = []) -> String {
        let lines = ["<model fallback='forbid'>\(name)</model>", "<topology sockets='1' cores='4' threads='1'/>"]
            + features.map { "<feature policy='\($0.split(separator: " ")[0])' name='\($0.split(separator: " ")[1])'/>" }
        return "<cpu mode='custom' match='exact'>\n" + lines.map { "    \($0)\n" }.joined() + "  </cpu>"
    }

    static let following = "<cpu mode='host-model'>\n    <topology sockets='1' cores='4' threads='1'/>\n  </cpu>"

    static let enlightenments = """

            <hyperv mode='custom'>
              <relaxed state='on'/>
              <vapic state='on'/>
              <spinlocks state='on' retries='8191'/>
            </hyperv>
        """
}

extension TestRepository {
    func text(_ name: String) -> String { String(decoding: Corpus.read("\(path)/\(name)"), as: UTF8.self) }

    /// Edits a file. That the edit finds nothing to change is a mistake in the test.
    func edit(_ name: String, _ old: String, _ new: String) {
        let text = text(name), edited = text.replacing(old, with: new)
        precondition(edited != text, "\(name) has no \(old)")
        write(name, edited)
    }

    func edit(_ name: String, _ change: (String) -> String) {
        let text = text(name), edited = change(text)
        precondition(edited != text, "\(name) stays as it is")
        write(name, edited)
    }

    /// Writes a file in UTF-16, little-endian, with a byte order mark.
    func writeUTF16(_ name: String, _ text: String) {
        directory.write(Array(name.utf8), [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
    }
}
