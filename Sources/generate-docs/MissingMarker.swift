/// A file lacks one of the lines around its generated part.
struct MissingMarker: Error, CustomStringConvertible {
    var path: String
    var marker: String

    var description: String {
        let line = marker.split(separator: "\n").first.map(String.init) ?? ""
        return "\(path): cannot find the line '\(line.drop { $0 == " " })', which marks the generated part"
    }
}
