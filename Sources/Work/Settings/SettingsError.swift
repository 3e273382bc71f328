/// An option with a wrong value, in words.
package struct SettingsError: Error, CustomStringConvertible {
    package var description: String
}
