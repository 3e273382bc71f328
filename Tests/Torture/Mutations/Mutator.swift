import TestSupport

/// Makes definitions that are wrong, odd, or only unlike any that somebody would write. The same for a seed and an
/// index wherever and whenever it is asked.
struct Mutator {
    private let corpus: [[UInt8]]
    private let seed: UInt64
    private var random = SplitMix64(seed: 0)
    private var bytes: [UInt8] = []

    /// Longer ones are not made longer still: a million of them have to be read.
    private static let enough = 96 << 10

    init(corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        self.seed = seed
    }

    mutating func input(_ index: Int) -> [UInt8] {
        var mixed = SplitMix64(seed: seed)
        random = SplitMix64(seed: mixed.next() ^ UInt64(index) &* 0xd134_2543_de82_ef95)
        bytes = document()
        // Some are left as they are, and only put into another encoding.
        let count = below(8) == 0 ? 0 : 1 + below(3)
        for _ in 0..<count { mutate() }
        encode()
        return bytes
    }

    private mutating func mutate() {
        switch below(34) {
        case 0...3: flip()
        case 4: cut()
        case 5: splice()
        case 6: join()
        case 7: nest()
        case 8: wrap()
        case 9...12: elements()
        case 13...16: attributes()
        case 17...19: trick()
        case 20: prolog()
        case 21: deepen()
        case 22, 23: replaceCPU()
        case 24: lineEnds()
        case 25, 26: keepRunning()
        case 27...29: prefixes()
        case 30...32: repeated()
        default: blanks()
        }
    }

    // MARK: Chance

    private mutating func below(_ limit: Int) -> Int { limit > 0 ? Int(random.next() % UInt64(limit)) : 0 }
    private mutating func oneOf<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
    private mutating func document() -> [UInt8] { corpus[below(corpus.count)] }
    private var isLong: Bool { bytes.count > Self.enough }

    /// A place in the bytes, half of the time where the CPU is.
    private mutating func place() -> Int {
        if below(2) == 0, let cpu = Markup(bytes).elements.last(where: { $0.name == Array("cpu".utf8) && 1...2 ~= $0.depth }) {
            return min(bytes.count, cpu.start + below(cpu.end - cpu.start + 1))
        }
        return below(bytes.count + 1)
    }

    /// A place behind some tag, where text or an element can stand.
    private mutating func textPlace() -> Int {
        let start = place()
        let found = bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.firstIndex(of: UInt8(ascii: ">"))
        return found.map { $0 + 1 } ?? bytes.count
    }

    private mutating func insert(_ text: String, at place: Int) { bytes.insert(contentsOf: text.utf8, at: place) }

    // MARK: Bytes

    private static let loaded = Array("<>&'\"/=!-[]?;#x:\n\r\t \0".utf8)

    private mutating func flip() {
        for _ in 0...below(6) where !bytes.isEmpty {
            let index = min(place(), bytes.count - 1)
            switch below(4) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = UInt8(below(256))
            case 2: bytes[index] = oneOf(Self.loaded)
            default: bytes.insert(oneOf(Self.loaded), at: index)
            }
        }
    }

    private mutating func cut() {
        let start = place()
        let end = min(bytes.count, start + 1 + below(1 << below(12)))
        switch below(4) {
        case 0: bytes.removeSubrange(start...)
        case 1: bytes.removeSubrange(..<start)
        case 2: bytes.removeSubrange(start..<end)
        default: bytes.insert(contentsOf: Array(bytes[start..<end]), at: start)
        }
    }

    private mutating func lineEnds() {
        let end = oneOf([[0x0d, 0x0a], [0x0d], [0x0a, 0x0d], [0x20], []] as [[UInt8]])
        let mixes = below(3) == 0
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            if byte == 0x0a, !mixes || below(2) == 0 { result += end } else { result.append(byte) }
        }
        bytes = result
    }

    private mutating func blanks() {
        let blank = oneOf(["\0", "\0\0\0\0", " ", "\n\n", "\t", "\r", "\u{feff}", "\u{a0}", "\u{2028}", "    "])
        switch below(4) {
        case 0: insert(blank, at: 0)
        case 1: insert(oneOf([blank, blank, "<!-- behind -->\n", "\n<?pi behind?>"]), at: bytes.count)
        case 2: insert(blank, at: textPlace())
        default: insert(blank, at: place())
        }
    }

    // MARK: Several documents

    private mutating func splice() {
        let other = document()
        bytes.removeSubrange(place()...)
        bytes += other[below(other.count + 1)...]
    }

    private mutating func join() {
        for _ in 0...below(3) where !isLong {
            bytes += oneOf(["", "\n", "\0", " \0\n", "<!-- between -->\n", "\u{feff}", "x", "&#10;"]).utf8
            let next = document()
            if below(4) == 0, !next.starts(with: "<?xml".utf8) { bytes += "<?xml version='1.0'?>\n".utf8 }
            bytes += next
        }
    }

    private mutating func nest() {
        guard !isLong else { return }
        bytes.insert(contentsOf: document(), at: textPlace())
    }

    private mutating func wrap() {
        if below(4) > 0 { bytes = withoutDeclaration(bytes) }
        let name = oneOf(["domains", "domains", "domains", "domstatus", "domainsnapshot", "other", "domain", "x:domains"])
        let attributes = oneOf(["", " state='running'", " xmlns='urn:x'", " xmlns:x='urn:x'"])
        let inside = oneOf(["", "<state>running</state>", "<memory snapshot='no'/>", "<?pi?>", "text"])
        if below(2) == 0 { bytes += document() }
        bytes = Array("<\(name)\(attributes)>\(inside)".utf8) + bytes
        bytes += "</\(name)>\n".utf8
    }

    /// What libvirt keeps of a guest that runs: its status, or a snapshot with its memory, or without. A snapshot's two
    /// definitions stand in either order.
    private mutating func keepRunning() {
        let running = withoutDeclaration(bytes)
        if below(3) == 0 {
            bytes = Array("<domstatus state='running' reason='booted' pid='\(1 + below(100))'>\n".utf8) + running + "</domstatus>\n".utf8
            return
        }
        let memory = oneOf([
            "<memory snapshot='internal'/>", "<memory snapshot='external' file='/m'/>", "<memory snapshot='no'/>", "<memory/>", "",
        ])
        let state = oneOf(["<state>running</state>", "<state>paused</state>", "<state>shutoff</state>", "<state>disk-snapshot</state>", "<state/>", ""])
        var parts = [running, Array((memory + state).utf8)]
        if below(4) > 0, !isLong { parts.append(inactive(withoutDeclaration(document()))) }
        parts.shuffle(using: &random)
        bytes = Array("<domainsnapshot>\n<name>s</name>\n".utf8) + parts.joined() + "</domainsnapshot>\n".utf8
    }

    /// A declaration would not be at the beginning any more.
    private func withoutDeclaration(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: "<?xml".utf8), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return bytes }
        return Array(bytes[(end + 1)...])
    }

    /// The definition by the name that a snapshot has for the one that does not run.
    private func inactive(_ definition: [UInt8]) -> [UInt8] {
        var result = definition
        if let root = Markup(definition).elements.last { Self.rename(root, to: "inactiveDomain", alsoAtEnd: true, in: &result) }
        return result
    }

    // MARK: Markup

    private mutating func elements() {
        let all = Markup(bytes).elements
        guard !all.isEmpty else { return }
        // What is below the CPU as often as everything else.
        let near = all.filter { $0.isInCPU }
        let chosen = !near.isEmpty && below(2) == 0 ? oneOf(near) : oneOf(all)
        let text = Array(bytes[chosen.start..<chosen.end])
        switch below(5) {
        case 0: bytes.removeSubrange(chosen.start..<chosen.end)
        case 1 where text.count < Self.enough: bytes.insert(contentsOf: text, at: chosen.end)
        case 2 where text.count < Self.enough: bytes.insert(contentsOf: text, at: textPlace())
        case 3:
            let other = oneOf(all)
            guard other.start >= chosen.end || other.end <= chosen.start else { return }
            let (first, second) = other.start >= chosen.end ? (chosen, other) : (other, chosen)
            let a = Array(bytes[first.start..<first.end]), b = Array(bytes[second.start..<second.end])
            bytes.replaceSubrange(second.start..<second.end, with: a)
            bytes.replaceSubrange(first.start..<first.end, with: b)
        default:
            let name = oneOf(["cpu", "domain", "feature", "model", "x:cpu", "CPU", "cp\u{f9}", "a.b-c", String(repeating: "n", count: 300)])
            Self.rename(chosen, to: name, alsoAtEnd: below(4) > 0, in: &bytes)
        }
    }

    private static func rename(_ element: Markup.Element, to name: String, alsoAtEnd: Bool, in bytes: inout [UInt8]) {
        let count = element.name.count
        if alsoAtEnd, !element.isEmpty { bytes.replaceSubrange(element.end - 1 - count..<element.end - 1, with: name.utf8) }
        bytes.replaceSubrange(element.start + 1..<element.start + 1 + count, with: name.utf8)
    }

    private static let words = [
        "host-model", "host-passthrough", "maximum", "custom", "", "exact", "minimum", "strict", "none", "partial", "full",
        "require", "force", "disable", "forbid", "optional", "allow", "on", "off", "yes", "no", "kvm", "qemu", "hvf", "xen", "lxc", "x86_64",
        "i686", "aarch64", "ppc64le", "s390x", "riscv64", "pc-q35-9.2", "q35", "virt", "Skylake-Server-IBRS", "EPYC", "Haswell-noTSX",
        "POWER9", "qemu64", "vmx", "pcid", "sse4.2", "hle", "invtsc", "Intel", "AMD", "0", "1", "-1", "4294967296", "99999999999999999999",
        "GenuineIntel", "a,b", "\u{fc}\u{20ac}\u{1f600}", "&amp;", "&lt;cpu&gt;", "&#x41;", "&undefined;", "&", "<", "a\nb\tc", "&#10;", "]]>",
    ]

    private mutating func attributes() {
        let all = Markup(bytes).attributes
        guard !all.isEmpty else { return }
        let near = all.filter { $0.isInCPU }
        let chosen = !near.isEmpty && below(2) == 0 ? oneOf(near) : oneOf(all)
        let whole = Array(bytes[chosen.start..<chosen.end])
        switch below(9) {
        case 0...3: bytes.replaceSubrange(chosen.valueStart..<chosen.end - 1, with: oneOf(Self.words).utf8)
        case 4: bytes.removeSubrange(chosen.start..<chosen.end)
        case 5: bytes.insert(contentsOf: [0x20] + whole, at: chosen.start)
        case 6:
            let quote: UInt8 = bytes[chosen.end - 1] == 0x27 ? 0x22 : 0x27
            bytes[chosen.end - 1] = quote
            bytes[chosen.valueStart - 1] = quote
        case 7:
            let extra = oneOf([
                "xmlns='urn:x' ", "xmlns:x='urn:x' ", "x:y='z' ", "xmlns='' ", "xml:space='preserve' ", "id='7' ", "\r\n\t", "mode \n= 'maximum' ",
                "long='\(String(repeating: "y", count: 1 << below(15)))' ",
            ])
            bytes.insert(contentsOf: extra.utf8, at: chosen.start)
        default: bytes.insert(contentsOf: oneOf(Self.words).utf8, at: chosen.valueStart)
        }
    }

    /// Attributes of one local name, with prefixes that are declared or not, and elements in a namespace.
    private mutating func prefixes() {
        let markup = Markup(bytes)
        let near = markup.attributes.filter { $0.isInCPU }
        guard !markup.attributes.isEmpty else { return }
        let chosen = !near.isEmpty && below(2) == 0 ? oneOf(near) : oneOf(markup.attributes)
        let name = String(decoding: bytes[chosen.start..<chosen.valueStart - 2], as: UTF8.self)
        let prefix = oneOf(["xml", "p", "u", "qemu"])
        switch below(6) {
        case 0...3:
            let other = "\(prefix):\(name)='\(oneOf(Self.words))'"
            bytes.insert(contentsOf: Array((below(2) == 0 ? other + " " : "").utf8), at: chosen.start)
            if bytes.count > chosen.end, bytes[chosen.end - 1] == bytes[chosen.valueStart - 1] {
                bytes.insert(contentsOf: Array((" " + other).utf8), at: chosen.end)
            }
        case 4: insert("\(prefix):", at: chosen.start)
        default:
            guard let element = markup.elements.isEmpty ? nil : oneOf(markup.elements) else { return }
            Self.rename(element, to: "\(prefix):" + String(decoding: element.name, as: UTF8.self), alsoAtEnd: true, in: &bytes)
        }
        // The prefixes are declared at the root, mostly.
        if below(4) > 0, let root = Markup(bytes).elements.last {
            insert(" xmlns:p='urn:p'\(below(2) == 0 ? " xmlns='urn:x'" : "")", at: root.start + 1 + root.name.count)
        }
    }

    /// An element twice, with another value.
    private mutating func repeated() {
        let markup = Markup(bytes)
        let near = markup.elements.filter { $0.isInCPU }
        guard !markup.elements.isEmpty else { return }
        let chosen = !near.isEmpty && below(2) == 0 ? oneOf(near) : oneOf(markup.elements)
        var copy = Array(bytes[chosen.start..<chosen.end])
        guard copy.count < Self.enough else { return }
        if let attribute = Markup(copy).attributes.randomElement(using: &random) {
            copy.replaceSubrange(attribute.valueStart..<attribute.end - 1, with: oneOf(Self.words).utf8)
        } else if let start = copy.firstIndex(of: UInt8(ascii: ">")), let end = copy.lastIndex(of: UInt8(ascii: "<")), start < end {
            copy.replaceSubrange(start + 1..<end, with: oneOf(Self.words).utf8)
        }
        bytes.insert(contentsOf: copy, at: below(2) == 0 ? chosen.start : chosen.end)
    }

    private static let tricks = [
        "<!-- </domain> -->", "<!-- </cpu><cpu mode='maximum'/> -->", "<![CDATA[</domain><cpu/>]]>", "<![CDATA[x86_64]]>", "<?pi </cpu> ?>",
        "<?xml version='1.0'?>", "<!---->", "<!-- -- -->", "<!--->", "<![CDATA[]]>", "]]>", "&amp;&lt;&gt;", "&#65;", "&#x1F600;", "&#0;", "&#x110000;",
        "&#xD800;", "&undefined;", "&", "<", ">", "'\"", "<cpu/>", "<cpu mode='host-passthrough'/>", "</cpu>", "</domain>", "<x:cpu xmlns:x='urn:x'/>",
        "<cpu xmlns='urn:x'/>", "<!-- virt-cpu: ignore cpu-not-default -- kept -->", "<!-- virt-cpu: ignore nothing-known -->", "\u{1}", "\u{7f}\u{85}",
        "\u{fffe}", "\u{e9}\u{20ac}", "<domain/>", "<a b='>'/>", "<a b=\"</cpu>\"/>", "<!DOCTYPE x>", "<?pi?>", "<!-- \r\n -->", "<inactiveDomain/>",
        "<vendor_id state='on' value='0123456789,b'/>",
    ]

    private mutating func trick() {
        for _ in 0...below(3) {
            let text = oneOf(Self.tricks)
            insert(text, at: below(4) == 0 ? place() : textPlace())
        }
    }

    private mutating func prolog() {
        insert(
            oneOf([
                "<!DOCTYPE domain>\n", "<!DOCTYPE domain []>\n", "<!DOCTYPE domain [<!ENTITY e 'x'>]>\n", "<!DOCTYPE domain SYSTEM 'x.dtd'>\n",
                "<!DOCTYPE domain PUBLIC 'x' 'http://127.0.0.1/x.dtd'>\n", "<!DOCTYPE domain [<!ELEMENT domain ANY>]>\n",
                "<!DOCTYPE domain [<!ATTLIST cpu mode CDATA 'maximum'>]>\n", "<!DOCTYPE domain [<!-- ]> --> <?pi ]> ?>]>\n",
                "<!DOCTYPE domain [<!ENTITY % p '<!ENTITY q \"r\">'> %p;]>\n", "<!DOCTYPE domain [<!NOTATION n SYSTEM 'x'>]>\n",
                "<!DOCTYPE domain [%undefined;]>\n", "<?xml version='1.0'?>\n", "<?xml version='1.1'?>\n", "<?xml version='2.0' standalone='yes'?>\n", "<!-- first -->", "<?pi?>",
                "<!-- \(String(repeating: "long ", count: 1 << below(14))) -->\n", "text", "</domain>",
            ]), at: 0)
    }

    /// About the 257 that are allowed, mostly.
    private mutating func deepen() {
        let levels = below(3) == 0 ? 1 + below(1000) : 250 + below(10)
        let name = oneOf(["a", "cpu", "domain", "feature"])
        let place = textPlace()
        let closes = below(5) > 0
        insert(String(repeating: "<\(name)>", count: levels) + (closes ? String(repeating: "</\(name)>", count: levels) : ""), at: place)
    }

    /// One that is put together from what a `<cpu>` can have, in any order.
    private mutating func replaceCPU() {
        let quote = oneOf(["'", "\""])
        func attribute(_ name: String, _ value: String) -> String { " \(name)=\(quote)\(value)\(quote)" }
        var text = "<cpu"
        for (name, values) in [
            ("mode", ["custom", "host-model", "host-passthrough", "maximum", "wrong"]), ("match", ["exact", "minimum", "strict"]),
            ("check", ["none", "partial", "full"]), ("migratable", ["on", "off"]), ("deprecated_features", ["on", "off"]),
        ] where below(3) == 0 { text += attribute(name, oneOf(values)) }
        let between = oneOf(["\n    ", "", "\r\n\t", " "])
        var inside = ""
        for _ in 0..<below(8) {
            inside += between
            switch below(9) {
            case 0: inside += "<model\(below(2) == 0 ? attribute("fallback", "allow") : attribute("vendor_id", "KVMKVMKVM\\0\\"))>\(oneOf(Self.words))</model>"
            case 1: inside += "<vendor>\(oneOf(["Intel", "AMD", "Hygon", "?"]))</vendor>"
            case 2: inside += "<topology\(attribute("sockets", "2"))\(attribute("cores", oneOf(Self.words)))/>"
            case 3...5: inside += "<feature\(attribute("policy", oneOf(Self.words)))\(attribute("name", oneOf(["pcid", "vmx", "sse4_1", "hle", "nonsense"])))/>"
            case 6: inside += "<numa><cell id='0' cpus='0-3' memory='1' unit='GiB'/></numa>"
            case 7: inside += "<cache level='3' mode='\(oneOf(["passthrough", "emulate", "disable"]))'/>"
            default: inside += oneOf(["<!-- kept -->", "<?pi kept?>", "<unknown/>", "<maxphysaddr mode='passthrough' bits='40'/>", "text"])
            }
        }
        text += inside.isEmpty && below(2) == 0 ? "/>" : ">\(inside)\(between)</cpu>"
        if let old = Markup(bytes).elements.last(where: { $0.name == Array("cpu".utf8) }), below(4) > 0 {
            bytes.replaceSubrange(old.start..<old.end, with: text.utf8)
        } else {
            insert(text, at: textPlace())
        }
    }

    // MARK: Encodings

    /// What a document says it is in, truly and not.
    private static let declared = [
        "UTF-8", "utf-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-15", "windows-1252", "KOI8-R", "US-ASCII", "ISO-2022-JP", "UTF-7",
        "Shift_JIS", "GBK", "EBCDIC-CP-US", "IBM037", "UTF-32", "UCS-4", "nonsense", "",
    ]

    private mutating func encode() {
        guard below(3) == 0 else { return }
        let kind = below(9)
        let isTold = below(3) > 0
        let names = [[], ["UTF-8"], ["UTF-16", "UTF-16LE"], ["UTF-16", "UTF-16BE"], ["UTF-16"], ["UTF-16"], ["ISO-8859-1", "windows-1252", "KOI8-R"], Self.declared, ["UTF-8"]]
        // With a declaration of its own where it has none.
        if kind > 0, isTold || kind == 7, !bytes.starts(with: "<?xml".utf8) {
            insert("<?xml version='1.0' encoding='\(oneOf(names[kind]))'?>\n", at: 0)
        }
        switch kind {
        case 0, 1: insert("\u{feff}", at: 0)
        case 2: bytes = utf16(mark: true) { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case 3: bytes = utf16(mark: true) { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case 4: bytes = utf16(mark: false) { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case 5: bytes = utf16(mark: false) { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case 6: bytes = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0xbf }
        case 7: break
        default: for _ in 0...below(4) { bytes.insert(UInt8(0x80 + below(128)), at: place()) }
        }
    }

    private func utf16(mark: Bool, _ unit: (UInt16) -> [UInt8]) -> [UInt8] {
        var result = mark ? unit(0xfeff) : []
        result.reserveCapacity(2 * bytes.count + 2)
        for code in String(decoding: bytes, as: UTF8.self).utf16 { result += unit(code) }
        return result
    }
}

/// Elements and attributes of something that was XML once: enough to choose one by.
struct Markup {
    struct Element {
        var start: Int
        var end: Int
        var name: [UInt8]
        var depth: Int
        var isInCPU: Bool
        var isEmpty: Bool
    }
    struct Attribute {
        var start: Int
        var valueStart: Int
        /// The place behind the closing quote.
        var end: Int
        var isInCPU: Bool
    }
    private(set) var elements: [Element] = []
    private(set) var attributes: [Attribute] = []

    init(_ bytes: [UInt8]) {
        var open: [Element] = []
        var place = 0
        func isName(_ byte: UInt8) -> Bool { byte > 0x7f || byte >= 0x61 && byte <= 0x7a || byte >= 0x30 && byte <= 0x5a || byte == 0x5f || byte == 0x2d }
        while let start = bytes[place...].firstIndex(of: 0x3c) {
            place = start + 1
            guard let end = bytes[place...].firstIndex(of: 0x3e) else { return }
            let closes = place < bytes.count && bytes[place] == 0x2f
            let from = closes ? place + 1 : place
            var nameEnd = from
            while nameEnd < end, isName(bytes[nameEnd]) { nameEnd += 1 }
            guard nameEnd > from else { continue }
            let name = Array(bytes[from..<nameEnd])
            if closes {
                if var element = open.last, element.name == name {
                    open.removeLast()
                    element.end = end + 1
                    elements.append(element)
                }
            } else {
                let isEmpty = bytes[end - 1] == 0x2f
                let isInCPU = open.last.map(\.isInCPU) ?? false || name == Array("cpu".utf8)
                let element = Element(start: start, end: end + 1, name: name, depth: open.count, isInCPU: isInCPU, isEmpty: isEmpty)
                addAttributes(bytes, nameEnd, end, isInCPU)
                if isEmpty { elements.append(element) } else { open.append(element) }
            }
            place = end + 1
        }
    }

    private mutating func addAttributes(_ bytes: [UInt8], _ start: Int, _ end: Int, _ isInCPU: Bool) {
        var place = start
        while let equals = bytes[place..<end].firstIndex(of: 0x3d) {
            let quoteAt = equals + 1
            guard quoteAt < end, bytes[quoteAt] == 0x27 || bytes[quoteAt] == 0x22,
                let closing = bytes[(quoteAt + 1)..<end].firstIndex(of: bytes[quoteAt])
            else { return }
            var nameStart = equals
            while nameStart > start, bytes[nameStart - 1] > 0x20 { nameStart -= 1 }
            attributes.append(Attribute(start: nameStart, valueStart: quoteAt + 1, end: closing + 1, isInCPU: isInCPU))
            place = closing + 1
        }
    }
}
