import JSONText

/// Reads the forms in which services of Azure say what went wrong.
///
/// - `{"error": {"code", "message", "target", "details"}}`: the resource manager and most providers;
/// - `{"Code", "Message", "Target", "Details"}` without a wrapper: Microsoft.Web (from memory);
/// - `{"odata.error": {"code", "message": {"value"}}}`: tables;
/// - any of these as JSON inside of a `message`: deployments, about what their providers said (from memory).
///
/// Sources: azure-mgmt-core `exceptions.py` (`ARMErrorFormat`), azure-core `exceptions.py` (`ODataV4Format`)
struct ServiceErrorReader {
    /// Errors within errors; deeper ones are left out.
    private static let depthLimit = 12
    /// Characters of one message.
    private static let messageLimit = 4_000
    /// Causes of one error.
    private static let detailLimit = 50

    /// Reads a body; `nil` where it holds no error.
    static func read(_ body: JSON?) -> ServiceError? {
        body.flatMap { read($0, depth: 0) }
    }

    private static func read(_ body: JSON, depth: Int) -> ServiceError? {
        guard depth < depthLimit, let members = body.members else { return nil }
        // The names are compared without case, and the first that fits counts.
        func member(_ name: String) -> JSON? { members.first { $0.name.lowercased() == name }?.value }
        for wrapper in ["error", "odata.error", "errorentity"] {
            if let inner = member(wrapper), let error = read(inner, depth: depth + 1) { return error }
        }
        let code = text(member("code")) ?? text(member("error"))
        let message = text(member("message")) ?? text(member("error_description"))
        guard code != nil || message != nil else { return nil }

        var details = (member("details")?.array ?? []).prefix(detailLimit).compactMap { read($0, depth: depth + 1) }
        if let inner = member("innererror").flatMap({ read($0, depth: depth + 1) }) { details.append(inner) }
        let nested = message.flatMap { document(in: $0) }.flatMap { read($0, depth: depth + 1) }
        if let nested { details.insert(nested, at: 0) }
        return ServiceError(
            code: oneLine(code ?? ""),
            message: nested == nil ? oneLine(message ?? "") : "",
            target: text(member("target")),
            details: details
        )
    }

    private static func text(_ value: JSON?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let digits): digits
        case .object: value?["value"]?.string
        case .null, .bool, .array, nil: nil
        }
    }

    /// Breaks and controls become blanks: the text goes to terminals and logs.
    private static func oneLine(_ message: String) -> String {
        let words = message.prefix(messageLimit).split { character in
            character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        return words.joined(separator: " ")
    }

    /// The document that a message is, if it is one.
    private static func document(in message: String) -> JSON? {
        guard message.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        return try? JSON(parsing: message)
    }
}
