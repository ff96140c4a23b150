import Settings

/// Takes secrets out of what processes write.
///
/// The services that ship with Slipway never write a secret. This is for those that do, and for libraries that echo an
/// answer of a server which echoed the key.
struct Redaction: Sendable {
    /// A shorter text may be a part of innocent words.
    private static let shortest = 8

    private let secrets: [String]

    init(of secrets: Set<SecretValue>) {
        self.secrets = secrets.map(\.unsafeRevealed).filter { $0.utf8.count >= Self.shortest }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    func applied(to event: SupervisorEvent) -> SupervisorEvent {
        guard case .line(let service, let text) = event else { return event }
        return .line(service: service, text: applied(to: text))
    }

    func applied(to text: String) -> String {
        secrets.reduce(text) { text, secret in
            Self.holds(text, secret)
                ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<secret>") : text
        }
    }

    /// Whether the bytes of a secret are in a text.
    ///
    /// Strings compare characters, which takes as long for one line as everything else that is done with it.
    private static func holds(_ text: String, _ secret: String) -> Bool {
        var (text, secret) = (text, secret)
        return text.withUTF8 { text in
            secret.withUTF8 { secret in
                guard let first = secret.first, text.count >= secret.count else { return false }
                return (0...(text.count - secret.count)).contains { start in
                    text[start] == first && text[start..<(start + secret.count)].elementsEqual(secret)
                }
            }
        }
    }
}
