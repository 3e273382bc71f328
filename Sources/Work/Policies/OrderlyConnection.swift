import Hosts

extension LibvirtConnection {
    /// A connection whose virsh ends together with the program when a signal ends it.
    ///
    /// - Parameter timeout: seconds for each query.
    package static func orderly(uri: String, timeout: Int) throws -> LibvirtConnection {
        try OrderlyEnd.install()
        return try LibvirtConnection(uri: uri, timeout: .seconds(timeout))
    }
}
