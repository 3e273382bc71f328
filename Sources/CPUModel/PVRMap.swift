/// The ppc64 or arm part of a CPU map: models by processor version register (ppc64) or part number (arm).
///
/// libvirt compares ppc64 CPUs by model name; it judges no arm model or feature.
public struct PVRMap: Sendable, Equatable {
    public struct Vendor: Sendable, Equatable {
        public var name: String
        /// arm: the implementer's code (MIDR_EL1 bits 31–24).
        public var code: UInt32?

        public init(name: String, code: UInt32? = nil) {
            self.name = name
            self.code = code
        }
    }

    public struct Register: Sendable, Equatable {
        public var value: UInt32
        /// The bits of the register to look at; all when the map says nothing.
        public var mask: UInt32

        public init(value: UInt32, mask: UInt32 = .max) {
            self.value = value
            self.mask = mask
        }
    }

    public struct Model: Sendable, Equatable {
        public var name: String
        public var vendor: String?
        public var registers: [Register]
        /// The heading that the map's index has the model under.
        public var group: String?

        public init(name: String, vendor: String?, registers: [Register], group: String?) {
            self.name = name
            self.vendor = vendor
            self.registers = registers
            self.group = group
        }
    }

    public var vendors: [Vendor]
    /// Names only; libvirt gives them no bits.
    public var features: [String]
    public var models: [Model]

    public init(vendors: [Vendor] = [], features: [String] = [], models: [Model] = []) {
        self.vendors = vendors
        self.features = features
        self.models = models
    }

    public func model(named name: String) -> Model? { models.first { $0.name == name } }
}
