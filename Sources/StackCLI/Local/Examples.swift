import ServiceKit
import Settings
import StackGraph
import Supervisor

/// Commands that a person can paste to try the running stack.
enum Examples {
    static let tokenLifetime = Duration.seconds(3600)

    /// One `curl` for each example of each service, with a fresh token where one is needed.
    static func lines(for plan: LocalPlan) async throws -> [String] {
        var lines: [String] = []
        for process in plan.processes {
            let token = try await token(for: process)
            lines += process.examples.map { example in
                let options = example.streams ? "-N" : "-i"
                let headers = ["content-type: application/json"] + (token.map { ["authorization: Bearer \($0)"] } ?? [])
                let words =
                    ["curl", options, quoted(process.address + example.path)] + headers.flatMap { ["-H", quoted($0)] }
                    + ["-d", quoted(example.body)]
                return words.joined(separator: " ")
            }
        }
        return lines.isEmpty ? [] : ["", "Try it:"] + lines + [""]
    }

    private static func token(for process: ProcessPlan) async throws -> String? {
        guard process.needsToken, let key = process.environment[SigningKey.variable] else { return nil }
        return try await BearerIssuer(signingKey: key).token(for: "demo", lifetime: tokenLifetime)
    }

    /// A word that a shell takes as it is.
    static func quoted(_ text: String) -> String {
        // Cut between bytes, as a shell reads them: a quote with an accent is one character, and a quote all the same.
        let parts = text.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        return "'" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: #"'\''"#) + "'"
    }
}

/// The secret that signs the users' tokens.
enum SigningKey {
    static let variable = "JWT_SIGNING_KEY"
}
