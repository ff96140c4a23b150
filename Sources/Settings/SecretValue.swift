/// A secret in memory: passed on, compared, never shown.
///
/// Every ordinary way to turn a value into text (`print`, interpolation, `dump`, a debugger's summary) shows
/// `<secret>`. The one way to the text has a name that a reviewer will notice.
public struct SecretValue: Sendable, Hashable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The secret itself, for the one place that must send it.
    public var unsafeRevealed: String { text }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
