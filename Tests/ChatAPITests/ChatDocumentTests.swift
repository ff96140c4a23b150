import AsyncHTTPClient
import FakeUpstream
import Foundation
import JSONText
import NIOHTTP1
import ServiceKit
import Settings
import Testing
import TestInstruments
import ValidatorTools

@testable import ChatAPI

/// The OpenAPI document of the chat service, held against the running service by a tool of others.
@Suite(.timeLimit(.minutes(20)), .enabled(if: Validators.areExpected, Validators.missing)) struct ChatDocumentTests {
    @Test func `the document is sound, and the service does what it says`() async throws {
        let key = SecretValue("key-canary-000000000000000000000000")
        try await RunningChat.run(adjust: { $0.signingKey = key }) { chat in
            let sound = try await Validators.python(
                "openapi.py",
                input: try await chat.get("/openapi.json").text()
            )
            #expect(sound.isAccepted, "\(sound.words)")
            let token = try await BearerIssuer(signingKey: key).token(for: "ada", lifetime: .seconds(3600))
            let rules = try String(
                contentsOfFile: "\(Validators.package)/Tests/Validators/schemathesis-chat.toml",
                encoding: .utf8
            )
            let files = [("schemathesis.toml", rules.replacing("${TOKEN}", with: token))]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.answerAll(chat.upstream) }
                let verdict = try await Validators.withFolder(of: files) { folder in
                    try await Validators.tool(
                        "schemathesis",
                        [
                            "--config-file", "schemathesis.toml", "run", "\(chat.url)/openapi.json",
                            "--exclude-path-regex", Self.elsewhere, "--warnings", "off", "--no-color",
                        ] + (Thoroughness.isFull ? ["--max-examples", "300"] : []),
                        in: folder
                    )
                }
                #expect(verdict.isAccepted, "\(verdict.words)")
                #expect(verdict.words.contains("Tested: 1"), "\(verdict.words)")
                group.cancelAll()
            }
            #expect(try await chat.get("/health").status == .ok)
        }
    }

    /// Routes that have tests of their own.
    private static let elsewhere = "^(/chat|/notify|/api/(events|notifications|chat/[^/]+/cancel|generations/[^/]+))$"

    private static func answerAll(_ upstream: FakeUpstream) async throws {
        try await withThrowingDiscardingTaskGroup { calls in
            while true {
                let call = try await upstream.nextCall()
                calls.addTask {
                    try await call.begin()
                    try await call.send(text: "Hello")
                    try await call.finish()
                }
            }
        }
    }
}
