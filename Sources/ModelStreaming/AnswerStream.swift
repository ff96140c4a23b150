import NIOCore

/// The state of a streamed answer: bytes go in, parts of the answer come out.
struct AnswerStream {
    private var decoder = ServerSentEventDecoder()
    private(set) var answer: ArrivingAnswer

    init(_ format: AnswerFormat, thread: String? = nil) {
        self.answer = ArrivingAnswer(format: format, thread: thread)
    }

    /// The next part; all text that has come since the last one is one part.
    ///
    /// - Throws: What went wrong, after all parts that came before it.
    mutating func next() throws(Refusal) -> ChatDelta? { try answer.next() }

    mutating func receive(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { receive($0) }
        }
    }

    mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>) { Self.receive(bytes, &decoder, &answer) }

    /// The server has closed the stream; before the end of the answer that cuts it short.
    mutating func end() { answer.end() }

    /// The conversation of the answer has begun.
    mutating func enter(thread: String) { answer.enter(thread: thread) }

    private static func receive(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ decoder: inout ServerSentEventDecoder,
        _ answer: inout ArrivingAnswer
    ) {
        guard !answer.isOver else { return }
        do throws(ServerSentEventDecoder.TooLarge) {
            try decoder.read(bytes) { answer.take($0) }
        } catch {
            answer.fail(Refusal(.malformed))
        }
    }
}

/// In which words a server streams an answer.
enum AnswerFormat: Sendable, Hashable {
    /// Chat completions of OpenAI, and of all that are like it.
    case completions
    /// The run of an agent on a thread.
    case run
    /// A response, in the newer API of OpenAI.
    case response
}

/// What has come of an answer and was not taken yet, and what is known of its course.
struct ArrivingAnswer {
    private let format: AnswerFormat
    private var parts: ArraySlice<ChatDelta> = []
    /// What follows those parts: the texts of several events become one part here.
    private var text = ""
    private var failure: Refusal?
    private var hasEvents = false
    private var hasReason = false
    /// Whether the server has said that the answer is whole.
    private(set) var isDone = false
    /// Whether any text has come.
    private(set) var hasText = false
    /// The conversation that the server keeps, where it keeps one.
    private(set) var thread: String?
    /// What the server calls its work on this answer, where it has to be told to stop.
    private(set) var run: String?

    init(format: AnswerFormat, thread: String?) {
        self.format = format
        self.thread = thread
    }

    var isOver: Bool { isDone || failure != nil }

    /// Whether a reader has seen something of it; from then on the question cannot be put again.
    var isVisible: Bool { hasText || hasReason }

    mutating func next() throws(Refusal) -> ChatDelta? {
        if let part = parts.popFirst() { return part }
        if !text.isEmpty {
            defer { text = "" }
            return .text(text)
        }
        if let failure { throw failure }
        return nil
    }

    /// An answer whose reason to end was given is whole: not every server says that nothing follows.
    mutating func end() {
        guard !isOver else { return }
        if hasReason { isDone = true } else { failure = Refusal(hasEvents ? .interrupted : .malformed) }
    }

    mutating func take(_ frame: ServerSentEventDecoder.Frame) {
        guard !isOver else { return }
        hasEvents = true
        switch format {
        case .completions: takeCompletion(frame)
        case .run: takeRun(frame)
        case .response: takeResponse(frame)
        }
    }

    // MARK: What events say

    mutating func append(text more: String) {
        guard !more.isEmpty else { return }
        hasText = true
        if text.isEmpty { text = more } else { text += more }
    }

    mutating func append(_ usage: TokenUsage) { append(part: .usage(usage)) }

    mutating func append(_ reason: FinishReason) {
        hasReason = true
        append(part: .finished(reason))
    }

    mutating func enter(thread name: String) {
        guard thread != name else { return }
        thread = name
        append(part: .thread(name))
    }

    mutating func begin(run name: String) { run = name }

    mutating func finish() { isDone = true }

    mutating func fail(_ refusal: Refusal) { failure = refusal }

    private mutating func append(part: ChatDelta) {
        if !text.isEmpty {
            parts.append(.text(text))
            text = ""
        }
        parts.append(part)
    }
}
