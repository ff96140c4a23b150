import FakeUpstream
import NIOCore
import Testing
import TestInstruments

@testable import ModelStreaming

struct AnswerStreamTests {
    static func parts(of text: String) throws -> [ChatDelta] {
        var stream = AnswerStream(.completions)
        stream.receive(ByteBuffer(string: text))
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
        var stream = AnswerStream(.completions)
        stream.receive(
            ByteBuffer(
                string:
                    #"data: {"choices":[{"delta":{"content":"Hi"}}]}\#n\#ndata: {"error":{"type":"server_error"}}\#n\#n"#
            )
        )
        #expect(try stream.next() == .text("Hi"))
        #expect(throws: Refusal.self) { try stream.next() }
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
            #expect((error as? Refusal)?.error == expected)
        }
    }

    @Test(arguments: ["", "<html>", "data: {}", ": comment"])
    func `a text that holds no event is no answer`(text: String) {
        var stream = AnswerStream(.completions)
        stream.receive(ByteBuffer(string: text))
        stream.end()
        #expect(throws: Refusal.self) { try stream.next() }
    }

    @Test func `what follows the end mark is ignored`() throws {
        #expect(try Self.parts(of: "data: [DONE]\n\ndata: rubbish\n\n").isEmpty)
    }

    // MARK: However the bytes are cut

    /// A recorded answer with every kind of line break, character and event.
    private static func recording(_ format: WireFormat) -> [UInt8] {
        let pieces = ["Gr", "üße", " ", "世界", "👩‍🚀", "\n\n", "\"quoted\"", "\\", "\u{0}\u{1F}"]
        var text = format.beginning
        for piece in pieces { text += format.text(piece) + ": comment\n" + format.distraction }
        return Array((text + format.ending()).utf8)
    }

    private static func parts(_ format: WireFormat, _ pieces: [ArraySlice<UInt8>]) throws -> [ChatDelta] {
        var stream = AnswerStream(format.answerFormat)
        var parts: [ChatDelta] = []
        for piece in pieces {
            stream.receive(ByteBuffer(bytes: piece))
            while let part = try stream.next() {
                if case .text(let more) = part, case .text(let text)? = parts.last {
                    parts[parts.count - 1] = .text(text + more)
                } else {
                    parts.append(part)
                }
            }
        }
        stream.end()
        while let part = try stream.next() { parts.append(part) }
        return parts
    }

    @Test(arguments: WireFormat.allCases)
    func `an answer is the same wherever its bytes are cut in two`(format: WireFormat) throws {
        let text = "üß世👩‍🚀\n\"\\\u{0}"
        let bytes = Array((format.beginning + format.text(text) + ": comment\n" + format.ending()).utf8)
        let expected = try Self.parts(format, [bytes[...]])
        #expect(expected.contains(.text(text)))
        for cut in bytes.indices { #expect(try Self.parts(format, [bytes[..<cut], bytes[cut...]]) == expected) }
    }

    @Test(arguments: WireFormat.allCases, 1...10)
    func `an answer is the same in random pieces`(format: WireFormat, seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.recording(format)
        let expected = try Self.parts(format, [bytes[...]])
        var rest = bytes[...]
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            let size = Int.random(in: 1...Int.random(in: 1...400, using: &random), using: &random)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(try Self.parts(format, pieces) == expected)
    }

    @Test(arguments: WireFormat.allCases, 1...10)
    func `an answer with a byte that was changed is read or refused`(format: WireFormat, seed: Int) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var bytes = Self.recording(format)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? Self.parts(format, [bytes[...]])
        }
    }

    @Test func `all texts of one piece of the network are one part`() throws {
        var stream = AnswerStream(.completions)
        stream.receive(ByteBuffer(string: (1...50).map { WireFormat.openAI.text("\($0) ") }.joined()))
        #expect(try stream.next() == .text((1...50).map { "\($0) " }.joined()))
        #expect(try stream.next() == nil)
    }

    @Test func `half a character is replaced, and the answer goes on`() throws {
        var stream = AnswerStream(.completions)
        for half in [[0xE4, 0xB8], [0x96]] as [[UInt8]] {
            let chunk = Array(#"data: {"choices":[{"delta":{"content":""#.utf8) + half + Array("\"}}]}\n\n".utf8)
            stream.receive(ByteBuffer(bytes: chunk))
        }
        guard case .text(let text)? = try stream.next() else { throw CancellationError() }
        #expect(text.unicodeScalars.allSatisfy { $0 == "\u{FFFD}" })
    }

    @Test func `a long answer is read in bounded memory`() throws {
        // Less than a megabyte of text, or 100 where everything is tried.
        let piece = ByteBuffer(
            string: String(repeating: WireFormat.openAI.text(String(repeating: "word ", count: 800)), count: 8)
        )
        var stream = AnswerStream(.completions)
        var size = 0
        for _ in 0..<(Thoroughness.isFull ? 3125 : 25) {
            stream.receive(piece)
            while case .text(let text)? = try stream.next() { size += text.utf8.count }
        }
        #expect(size == (Thoroughness.isFull ? 100_000_000 : 800_000))
    }

    @Test func `an event without end is refused`() {
        var stream = AnswerStream(.completions)
        for _ in 0..<20 { stream.receive(ByteBuffer(repeating: UInt8(ascii: "x"), count: 100_000)) }
        #expect(throws: Refusal(.malformed)) { try stream.next() }
    }
}

extension WireFormat {
    fileprivate var answerFormat: AnswerFormat {
        switch self {
        case .openAI, .compatible, .azure, .azureV1: .completions
        case .agentRun: .run
        case .agentResponse: .response
        }
    }
}
