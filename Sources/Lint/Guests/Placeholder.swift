import DomainXML

extension Guest {
    /// A value of the definition that a template engine has yet to fill in, such as `{{ vcpus }}` or `${var.model}`; nil
    /// if there is none. Only values are looked at that libvirt refuses with a placeholder, so that no definition that
    /// libvirt accepts goes unjudged; a name with one is a name.
    var placeholder: String? {
        let cpu = domain.cpu
        let values: [DecodedText?] = [
            domain.vcpu?.text, domain.type, domain.arch, domain.machine, cpu?.mode?.text, cpu?.topology?.cores,
            cpu?.effectiveMode == .custom ? cpu?.namedModel : nil,
        ]
        for case let value? in values where domain.withUTF8(value, { templateLanguage(of: $0) != nil }) {
            let text: String = domain[value]
            return text
        }
        return nil
    }
}
