/// A line for a note about a run. Text from files is made safe for a terminal.
package func note(_ text: String) -> String { "virt-cpu: note: \(printable(text))\n" }
