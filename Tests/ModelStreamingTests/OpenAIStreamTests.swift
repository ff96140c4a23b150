import Testing

@testable import ModelStreaming

struct OpenAIStreamTests {
    static func parts(of text: String) throws -> [ChatDelta] {
        var stream = OpenAIStream()
        stream.receive(text.utf8)
        stream.end()
        var parts: [ChatDelta] = []
        while let part = try stream.next() { parts.append(part) }
        return parts
    }

    @Test func `frames that hold no text give no part`() throws {
        let parts = try Self.parts(
            of: """
                data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}

                data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

                data: {"choices":[{"index":0,"delta":{"content":null,"tool_calls":[]},"finish_reason":null}]}

                data: {"choices":[{"index":1,"delta":{"content":"of another choice"}}]}

                data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"length"}],"obfuscation":"x"}

                data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}

                data: [DONE]


                """
        )
        #expect(parts == [.text("Hi"), .finished(.length), .usage(TokenUsage(prompt: 3, completion: 1))])
    }

    @Test func `parts that came before an error are read before it`() throws {
        var stream = OpenAIStream()
        stream.receive(
            #"data: {"choices":[{"delta":{"content":"Hi"}}]}\#n\#ndata: {"error":{"type":"server_error"}}\#n\#n"#.utf8
        )
        #expect(try stream.next() == .text("Hi"))
        #expect(throws: OpenAIRefusal.self) { try stream.next() }
    }

    static let failures: [(data: String, expected: ChatModelError)] = [
        ("hello", .malformed),
        ("[]", .malformed),
        (#"{"choices":[]}"#, .interrupted),
        (#"{"error":{"message":"sk-key","type":"server_error","code":null}}"#, .unavailable(retryAfter: nil)),
        (#"{"error":{"code":"rate_limit_exceeded"}}"#, .rateLimited(retryAfter: nil)),
        (#"{"error":{"code":"content_filter"}}"#, .rejected(status: 400, code: "content_filter")),
        (#"{"error":"just text"}"#, .unavailable(retryAfter: nil)),
    ]

    @Test(arguments: failures)
    func `a stream that is no answer says why`(data: String, expected: ChatModelError) {
        do {
            _ = try Self.parts(of: "data: \(data)\n\n")
            Issue.record("no error")
        } catch {
            #expect((error as? OpenAIRefusal)?.error == expected)
        }
    }

    @Test(arguments: ["", "<html>", "data: {}", ": comment"])
    func `a text that holds no event is no answer`(text: String) {
        var stream = OpenAIStream()
        stream.receive(text.utf8)
        stream.end()
        #expect(throws: OpenAIRefusal.self) { try stream.next() }
    }

    @Test func `what follows the end mark is ignored`() throws {
        #expect(try Self.parts(of: "data: [DONE]\n\ndata: rubbish\n\n").isEmpty)
    }
}
