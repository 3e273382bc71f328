import Lint
import Reports

/// The filter's report on documents, in the order in which it is printed. Its memory is used again.
final class FilterReport {
    enum Word {
        case remark(Remark)
        /// A finding in the report's format, without separators: its length in `text`, in bytes.
        case finding(bytes: Int)
        /// A line of its own: its length in `text`, in bytes.
        case line(bytes: Int)
    }

    private(set) var words: [Word] = []
    /// The texts of all words that have one, one behind the other.
    let text = ByteBuffer()

    func add(_ remark: Remark) { words.append(.remark(remark)) }

    func add(_ finding: Finding, in file: String, by reporter: any Reporter) {
        let before = text.count
        reporter.add(finding, in: file, to: text)
        words.append(.finding(bytes: text.count - before))
    }

    func add(line: String) {
        text.append(line)
        words.append(.line(bytes: line.utf8.count))
    }

    func removeAll() {
        words.removeAll(keepingCapacity: true)
        text.removeAll()
    }
}
