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
            text.contains(secret)
                ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<secret>") : text
        }
    }
}
