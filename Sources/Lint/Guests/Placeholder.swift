import DomainXML

extension Guest {
    /// A value of the definition that a template engine has yet to fill in, such as `{{ vcpus }}` or `${var.model}`; nil
    /// if there is none. Only values are looked at that libvirt refuses with a placeholder, so that no definition that
    /// libvirt accepts goes unjudged; a name with one is a name.
    var placeholder: String? {
        func placeholder(_ value: DecodedText?) -> String? {
            guard let value, domain.withUTF8(value, { templateLanguage(of: $0) != nil }) else { return nil }
            return domain[value] as String
        }
        let cpu = domain.cpu
        return placeholder(domain.vcpu?.text) ?? placeholder(domain.type) ?? placeholder(domain.arch) ?? placeholder(domain.machine)
            ?? placeholder(cpu?.mode?.text) ?? placeholder(cpu?.topology?.cores)
            ?? (cpu?.effectiveMode == .custom ? placeholder(cpu?.namedModel) : nil)
    }
}
