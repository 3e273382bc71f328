import Hosts

extension DomainPlatform {
    /// The platform that the guest runs on.
    init(_ guest: Guest) {
        let domain = guest.domain
        self.init(
            architecture: guest.architecture.name, virtType: domain[domain.type] ?? "", machine: domain[domain.machine],
            emulator: domain[domain.emulator?.text])
    }
}
