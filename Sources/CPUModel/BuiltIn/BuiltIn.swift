extension CPUMap {
    /// libvirt's CPU map that came with this program; `libvirtVersion` is the libvirt release that it is from. The map
    /// is read when it is first used.
    public static let builtIn = CPUMap(compact: builtInText)
}

extension QEMUModels {
    /// The record of QEMU's models that came with this program. It is read when it is first used.
    public static let builtIn = QEMUModels(compact: builtInText)

    /// The QEMU release that the built-in record is from. Reading it does not read the models.
    public static var builtInVersion: String {
        let bytes = UnsafeBufferPointer(start: builtInText.utf8Start, count: builtInText.utf8CodeUnitCount)
        let tab = UInt8(ascii: "\t")
        return String(decoding: bytes.drop { $0 != tab }.dropFirst().prefix { $0 != tab }, as: UTF8.self)
    }
}
