import Hosts
import LibvirtWords
import SystemPackage

extension CheckInputs {
    /// The domains that libvirt has defined.
    ///
    /// - Parameters:
    ///   - against: the earlier side, as for files.
    ///   - failed: called for each earlier file that cannot be read.
    ///   - included: what policies include besides `*.xml`, on the earlier side.
    init(connection: LibvirtConnection, against: String?, including included: IncludedFiles, failed: (IOFailure) -> Void) throws {
        self.init(including: included)
        present = try connection.definedDomains().map { domain in
            let content: InputFile.Content = switch domain.xml {
            case .success(let bytes): .bytes(bytes)
            case .failure(let error): .failure(IOFailure(located: error.shown))
            }
            return InputFile(
                name: "\(connection.uri): \(domain.name)", content: content, directory: ".",
                path: FilePath(domain.name.replacingEach("/", with: "_")))
        }
        switch try against.map({ try EarlierSource($0, with: "HEAD") }) {
        case nil: break
        case .files(let path): earlier = InputFile.files(named: [path], including: included.names, failed: failed)
        case .tree(let tree, _, let repository):
            self.repository = repository
            earlier = try tree.map { try repository.entries(of: $0) }?.filter { isWanted($0.path) }
                .map { InputFile(path: $0.path, blob: $0.id, in: repository) } ?? []
        }
    }
}
