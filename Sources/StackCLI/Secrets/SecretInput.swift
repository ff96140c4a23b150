import Settings

/// Reads a value that nobody may see.
enum SecretInput {
    /// What a vault holds at most, and more than an environment should.
    ///
    /// Source: learn.microsoft.com/azure/key-vault/secrets/about-secrets
    private static let limit = 25 * 1024

    /// Reads a value: all of a pipe, but for one newline at its end, or a line of a terminal, which does not show it.
    ///
    /// - Throws: ``Failure`` for a value that is empty, too long, or no text.
    static func read(_ name: String) throws -> SecretValue {
        let bytes: [UInt8]
        if Terminal.input.isInteractive {
            bytes = try Terminal.input.hiddenLine(prompt: "\(name): ")
        } else {
            let all = Terminal.input.readAll(atMost: limit + 2)
            let line = all.last == UInt8(ascii: "\n") ? all.dropLast() : all[...]
            bytes = Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        guard !bytes.isEmpty else { throw Failure("There is no value. Give \(name) one on standard input.", code: 64) }
        guard bytes.count <= limit else { throw Failure("The value is longer than \(limit) bytes.", code: 64) }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw Failure("The value is no text in UTF-8 without NUL. Encode it, for instance as base64.", code: 64)
        }
        return SecretValue(text)
    }
}
