import CPUModel
import Reports
import Testing

@Suite("A CPU in the words of other programs")
struct CPUWordsTests {
    private let cpu = CPUDefinition(
        kind: .guest, model: "EPYC-Rome", fallback: .forbid,
        features: [.init("svm"), .init("xsaves", .disable)])
    private let plain = CPUDefinition(kind: .guest, model: "Nehalem", fallback: .forbid)

    @Test("libvirt") func libvirt() {
        #expect(CPUWords.libvirt.text(plain) == "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Nehalem</model>\n</cpu>\n")
    }

    @Test("KubeVirt: spec.domain.cpu of its API") func kubevirt() {
        #expect(CPUWords.kubevirt.text(cpu) == """
            cpu:
              model: EPYC-Rome
              features:
              - name: svm
                policy: require
              - name: xsaves
                policy: disable

            """)
        #expect(CPUWords.kubevirt.text(plain) == "cpu:\n  model: Nehalem\n")
    }

    @Test("OpenStack: [libvirt] of nova.conf") func openstack() {
        #expect(CPUWords.openstack.text(cpu) == """
            [libvirt]
            cpu_mode = custom
            cpu_models = EPYC-Rome
            cpu_model_extra_flags = +svm,-xsaves

            """)
        #expect(CPUWords.openstack.text(plain) == "[libvirt]\ncpu_mode = custom\ncpu_models = Nehalem\n")
    }

    @Test("Terraform: cpu of libvirt_domain") func terraform() {
        #expect(CPUWords.terraform.text(cpu) == """
            cpu = {
              mode           = "custom"
              match          = "exact"
              model          = "EPYC-Rome"
              model_fallback = "forbid"
              features = [
                { name = "svm", policy = "require" },
                { name = "xsaves", policy = "disable" },
              ]
            }

            """)
    }
}
