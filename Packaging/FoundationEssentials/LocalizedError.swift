/// An error with a description of its own. ArgumentParser asks errors for it; none in virt-cpu has one.
public protocol LocalizedError: Error {
    var errorDescription: String? { get }
}
