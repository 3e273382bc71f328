extension CPU {
    /// `<numa>`: how the guest's vCPUs and memory are divided into NUMA cells. The caches of cells and
    /// `<interconnects>` are not read.
    public struct NUMA: Sendable, Equatable {
        /// The whole `<numa>`.
        public var element: Element
        /// Every `<cell>`, in document order. libvirt refuses a `<numa>` without cells.
        public var cells: [Cell] = []

        /// `<cell>`: one NUMA node of the guest.
        public struct Cell: Sendable, Equatable {
            /// The whole `<cell>`.
            public var element: Element
            /// The number of the cell, in decimal as written; nil when absent, which means its position among the
            /// cells, counted from 0.
            public var id: DecodedText?
            /// The vCPUs of the cell as a list of numbers and ranges (`0-3,^2,8`); nil when absent: none.
            public var cpus: DecodedText?
            /// The size of the cell's memory in ``unit``, in decimal as written; nil when absent, which libvirt
            /// refuses.
            public var memory: DecodedText?
            /// The unit of ``memory``; nil means KiB.
            public var unit: DecodedText?
            /// `memAccess`; nil when absent.
            public var memAccess: Keyword<MemoryAccess>?
            /// `discard`; nil when absent.
            public var discard: Keyword<YesNo>?
            /// The first `<distances>`, the only one that libvirt reads; nil when absent.
            public var distances: Distances?
        }

        /// `<distances>`: how far the memory of other cells is from a cell.
        public struct Distances: Sendable, Equatable {
            /// The whole `<distances>`.
            public var element: Element
            /// Every `<sibling>`, in document order. libvirt refuses `<distances>` without siblings.
            public var siblings: [Sibling] = []
        }

        /// `<sibling>`: the distance of one cell.
        public struct Sibling: Sendable, Equatable {
            /// The whole `<sibling>`.
            public var element: Element
            /// The ``Cell/id`` of the other cell, in decimal as written; nil when absent, which libvirt refuses.
            public var id: DecodedText?
            /// The distance, in decimal as written, 10 for the cell itself; nil when absent, which libvirt refuses.
            public var value: DecodedText?
        }
    }
}
