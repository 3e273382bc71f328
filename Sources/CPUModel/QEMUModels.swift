/// What runs a guest's instructions.
public enum Accelerator: Sendable, Hashable, CaseIterable {
    /// The processor itself: `<domain type='kvm'>`.
    case kvm
    /// QEMU's translator: `<domain type='qemu'>`.
    case tcg
}

/// QEMU's model of a name, where it is not libvirt's. libvirt's map is its own bookkeeping; the guest gets QEMU's
/// model.
public struct QEMUModel: Sendable, Equatable {
    /// By name, in map order. Features are not named that QEMU clears for want of another one (`npt` where `svm` is
    /// lost).
    public struct Difference: Sendable, Equatable {
        /// Features that QEMU's model has and the map's lacks.
        public var gained: [String]
        /// Features that the map's model has and QEMU's lacks.
        public var lost: [String]

        public init(gained: [String], lost: [String]) {
            self.gained = gained
            self.lost = lost
        }
    }

    public var name: String
    /// The processor's name as the guest sees it (CPUID leaves 0x80000002–4). libvirt has no setting for it.
    public var brand: String
    /// CPUID's 12 characters under emulation. Under KVM a guest sees the host's vendor.
    public var vendor: String
    public var signature: CPUSignature
    /// KVM forces `x2apic` on and `acpi`, `monitor` and `svm` off (QEMU, target/i386/kvm/kvm-cpu.c).
    public var kvm: Difference
    /// What the model asks of the translator, which leaves out what it cannot do.
    public var tcg: Difference

    public init(
        name: String, brand: String, vendor: String, signature: CPUSignature, kvm: Difference, tcg: Difference
    ) {
        self.name = name
        self.brand = brand
        self.vendor = vendor
        self.signature = signature
        self.kvm = kvm
        self.tcg = tcg
    }

    public func difference(under accelerator: Accelerator) -> Difference { accelerator == .kvm ? kvm : tcg }
}

/// QEMU's side of the CPU map: how the models of one QEMU differ from libvirt's of the same name.
public struct QEMUModels: Sendable, Equatable {
    /// The QEMU release that was asked.
    public var qemuVersion: String
    /// Of the libvirt release whose map it was held against.
    public var libvirtVersion: String
    /// In map order; models that this QEMU does not know are missing.
    public private(set) var models: [QEMUModel]
    private var index: [String: Int]

    public init(qemuVersion: String, libvirtVersion: String, models: [QEMUModel]) {
        self.qemuVersion = qemuVersion
        self.libvirtVersion = libvirtVersion
        self.models = models
        index = Dictionary(models.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func model(named name: String) -> QEMUModel? { index[name].map { models[$0] } }
}

extension QEMUModels {
    /// The recorded differences that came with this program. Read when first asked for.
    public static let builtIn = QEMUModels(compact: builtInText)

    /// The QEMU release that they are of, without reading the rest.
    public static var builtInVersion: String {
        let bytes = UnsafeBufferPointer(start: builtInText.utf8Start, count: builtInText.utf8CodeUnitCount)
        let tab = UInt8(ascii: "\t")
        return String(decoding: bytes.drop { $0 != tab }.dropFirst().prefix { $0 != tab }, as: UTF8.self)
    }

    /// One line a model behind the versions, fields apart by a tab: name, family/model/stepping, vendor, features
    /// gained and lost under KVM, gained and lost under emulation, each list with commas, and the brand.
    init(compact text: StaticString) {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
            $0.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        }
        func string(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> String {
            String(decoding: UnsafeBufferPointer(rebasing: field), as: UTF8.self)
        }
        func list(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> [String] {
            field.split(separator: UInt8(ascii: ",")).map(string)
        }
        self.init(
            qemuVersion: string(lines[0][1]), libvirtVersion: string(lines[0][3]),
            models: lines.dropFirst().map { fields in
                let numbers = fields[1].split(separator: UInt8(ascii: "/")).map { Int(string($0))! }
                return QEMUModel(
                    name: string(fields[0]), brand: string(fields[7]), vendor: string(fields[2]),
                    signature: CPUSignature(family: numbers[0], model: numbers[1], stepping: numbers[2]),
                    kvm: QEMUModel.Difference(gained: list(fields[3]), lost: list(fields[4])),
                    tcg: QEMUModel.Difference(gained: list(fields[5]), lost: list(fields[6])))
            })
    }

    /// The Swift source file that holds these as the built-in ones.
    package var builtInSource: String {
        var text = "qemu\t\(qemuVersion)\tlibvirt\t\(libvirtVersion)\n"
        for model in models {
            let signature = "\(model.signature.family)/\(model.signature.model)/\(model.signature.stepping)"
            let lists = [model.kvm.gained, model.kvm.lost, model.tcg.gained, model.tcg.lost]
            text += ([model.name, signature, model.vendor] + lists.map { $0.joined(separator: ",") } + [model.brand])
                .joined(separator: "\t") + "\n"
        }
        return """
            // Generated by `make qemu-models` from the answers of QEMU \(qemuVersion), held against the CPU map of \
            libvirt \(libvirtVersion); do not edit.

            extension QEMUModels {
                static let builtInText: StaticString = \"""
            \(text)\"""
            }

            """
    }
}
