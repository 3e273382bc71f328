/// What is known about the findings of an input.
struct KnownInput {
    /// The findings that were recorded; nil while they are being recorded.
    var findings: KnownFindings?
    /// The input's path from the directory of the file of known findings.
    var file: String
}
