// What is otherwise on old machine types, in the compact form of the built-in record: changes separated by semicolons,
// each of which is a list of words separated by commas.
//
//     2.8,6/60/1;2.4,-abm;2.2,-f16c,k-vme
//
// The first word is the newest version of machine types that has the change. The others are a signature, features that
// are gained (`+NAME`) or lost (`-NAME`), after `k` under KVM only and after `t` under emulation only, and a brand
// string (`=BRAND`).
extension QEMUModel.MachineChange {
    /// The words that the form has for this change.
    var compact: String {
        var words = [upTo.description]
        if let signature { words.append("\(signature.family)/\(signature.model)/\(signature.stepping)") }
        for (sign, list) in [("+", \QEMUModel.Difference.gained), ("-", \QEMUModel.Difference.lost)] {
            let real = kvm[keyPath: list], emulated = tcg[keyPath: list]
            words += real.filter { emulated.contains($0) }.map { sign + $0 }
            words += real.filter { !emulated.contains($0) }.map { "k" + sign + $0 }
            words += emulated.filter { !real.contains($0) }.map { "t" + sign + $0 }
        }
        if let brand {
            precondition(!brand.contains(where: { ",;\t".contains($0) }), "a brand with a separator in it")
            words.append("=" + brand)
        }
        return words.joined(separator: ",")
    }

    /// Reads the compact form. A fault in it is a fault of the program and stops it.
    init(compact text: Slice<UnsafeBufferPointer<UInt8>>) {
        let words = text.split(separator: UInt8(ascii: ",")).map {
            Substring(decoding: UnsafeBufferPointer(rebasing: $0), as: UTF8.self)
        }
        self.init(upTo: MachineVersion(numbers: words[0])!)
        for word in words.dropFirst() {
            switch word.utf8.first! {
            case UInt8(ascii: "="): brand = String(word.dropFirst())
            case UInt8(ascii: "k"): kvm.add(word.dropFirst())
            case UInt8(ascii: "t"): tcg.add(word.dropFirst())
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                kvm.add(word)
                tcg.add(word)
            default: signature = CPUSignature(compact: word)
            }
        }
    }
}

extension QEMUModel.Difference {
    fileprivate mutating func add(_ word: Substring) {
        let name = String(word.dropFirst())
        if word.utf8.first == UInt8(ascii: "+") { gained.append(name) } else { lost.append(name) }
    }
}

extension CPUSignature {
    /// Reads `FAMILY/MODEL/STEPPING`. A fault in it is a fault of the program and stops it.
    init(compact text: Substring) {
        let numbers = text.split(separator: "/").map { Int($0)! }
        self.init(family: numbers[0], model: numbers[1], stepping: numbers[2])
    }
}
