import NIOHTTP1
package import Settings
import WebFormats

/// One field of a web form.
package struct FormField: Sendable {
    let name: String
    let value: String
    /// Whether errors must not repeat the value; names of tenants and applications may be seen, and help.
    let isSecret: Bool

    package static func plain(_ name: String, _ value: String) -> FormField {
        FormField(name: name, value: value, isSecret: false)
    }

    package static func secret(_ name: String, _ value: SecretValue) -> FormField {
        FormField(name: name, value: value.unsafeRevealed, isSecret: true)
    }
}

extension FormField: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(name)=\(isSecret ? "<secret>" : value)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension OutgoingRequest {
    /// Fields as a web form sends them.
    package static func form(_ fields: [FormField], to address: WebAddress) -> OutgoingRequest {
        let text = fields.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return OutgoingRequest(
            .POST,
            address,
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"],
            body: Array(text.utf8),
            secrets: fields.filter(\.isSecret).map { SecretValue($0.value) }
        )
    }
}
