/// What KubeVirt's virt-launcher hands to its hooks.
package enum KubeVirt {
    package static let topology = #"<topology sockets="1" cores="1" threads="1"></topology>"#
    package static let hostModel = #"<cpu mode="host-model">\#(topology)</cpu>"#
    /// A VirtualMachineInstance.
    package static let instance = #"{"metadata":{"name":"testvm","namespace":"default"},"spec":{"domain":{"devices":{}}}}"#

    /// A definition as virt-launcher writes it: by Go's encoder, with double quotes and without a line end behind it.
    ///
    /// - Parameter padding: bytes of metadata.
    package static func domain(_ cpu: String, padding: Int = 0) -> String {
        """
        <domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
        \t<name>default_testvm</name>
        \t<memory unit="b">134217728</memory>
        \t<os>
        \t\t<type arch="x86_64" machine="q35">hvm</type>
        \t\t<smbios mode="sysinfo"></smbios>
        \t</os>
        \t<sysinfo type="smbios">
        \t\t<system>
        \t\t\t<entry name="uuid">5a9fc181-957e-5c32-9e5a-2de5e9673531</entry>
        \t\t</system>
        \t</sysinfo>
        \t<devices></devices>
        \t<metadata>
        \t\t<kubevirt xmlns="http://kubevirt.io">
        \t\t\t<uid>\(String(repeating: "x", count: padding))</uid>
        \t\t</kubevirt>
        \t</metadata>
        \t<features>
        \t\t<acpi></acpi>
        \t</features>
        \t\(cpu)
        \t<vcpu placement="static">1</vcpu>
        </domain>
        """
    }
}
