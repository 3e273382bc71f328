/// The ppc64 or arm part of a CPU map.
///
/// It identifies a model by a register of the processor: the processor version register (PVR) on ppc64, the part
/// number in MIDR_EL1 on arm. libvirt compares ppc64 CPUs by the name of their model, and does not compare arm CPUs.
public struct PVRMap: Sendable, Equatable {
    /// A maker of CPUs.
    public struct Vendor: Sendable, Equatable {
        /// libvirt's name of the vendor: `IBM`.
        public var name: String
        /// The implementer code on arm (bits 31–24 of MIDR_EL1). Nil on ppc64.
        public var code: UInt32?

        /// A `<vendor>` element of the CPU map.
        public init(name: String, code: UInt32? = nil) {
            self.name = name
            self.code = code
        }
    }

    /// A register value that identifies a model.
    public struct Register: Sendable, Equatable {
        /// The value of the register.
        public var value: UInt32
        /// The bits of the register that must equal `value`. All bits when the map has no mask.
        public var mask: UInt32

        /// A `<pvr>` element of the CPU map.
        public init(value: UInt32, mask: UInt32 = .max) {
            self.value = value
            self.mask = mask
        }
    }

    /// A CPU model.
    public struct Model: Sendable, Equatable {
        /// libvirt's name of the model: `POWER9`.
        public var name: String
        /// libvirt's name of the vendor.
        public var vendor: String?
        /// The register values that identify the model.
        public var registers: [Register]
        /// The `<group>` of the map's index that the model is listed in.
        public var group: String?

        /// A `<model>` element of the CPU map.
        public init(name: String, vendor: String?, registers: [Register], group: String?) {
            self.name = name
            self.vendor = vendor
            self.registers = registers
            self.group = group
        }
    }

    /// The vendors, in the map's order.
    public var vendors: [Vendor]
    /// The names of the features, in the map's order. libvirt's map gives them no bits.
    public var features: [String]
    /// The models, in the map's order.
    public var models: [Model]

    /// The contents are not checked.
    public init(vendors: [Vendor] = [], features: [String] = [], models: [Model] = []) {
        self.vendors = vendors
        self.features = features
        self.models = models
    }

    /// The model with the name; nil when the map does not have it.
    public func model(named name: String) -> Model? { models.first { $0.name == name } }
}
