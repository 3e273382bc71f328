import SystemPackage

extension Files {
    /// The paths that arguments name, byte for byte: Swift's strings lose the bytes of names that are not UTF-8.
    package static func named(by arguments: [String]) -> [FilePath] {
        var bytes = (0..<Int(CommandLine.argc)).compactMap {
            CommandLine.unsafeArgv[$0].map { FilePath(platformString: $0) }
        }
        return arguments.map { argument in
            guard argument.unicodeScalars.contains("\u{fffd}"),
                let index = bytes.firstIndex(where: {
                    $0 == FilePath(argument) || $0.string == FilePath(argument).string
                })
            else { return FilePath(argument) }
            return bytes.remove(at: index)
        }
    }
}
