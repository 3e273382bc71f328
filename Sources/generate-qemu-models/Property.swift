/// A property of QEMU's CPU object: on or off, a number, or a text. Properties of other types have no value here.
struct Property: Decodable {
    var flag: Bool?
    var number: Int?
    var text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self.flag = flag
        } else if let number = try? container.decode(Int.self) {
            self.number = number
        } else {
            text = try? container.decode(String.self)
        }
    }
}
