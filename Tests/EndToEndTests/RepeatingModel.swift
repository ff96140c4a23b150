import FakeUpstream
import JSONText
import Synchronization

/// A model server that answers equal questions with equal texts, and pauses where a question says so.
///
/// A question is `NAME` or `NAME pause N`: the first time it is put, N pieces are sent, and the rest when the test opens
/// the gate. Whoever puts it again, as one does who goes on for another, is answered at once.
final class RepeatingModel: Sendable {
    private struct State {
        var calls: [String: [UpstreamCall]] = [:]
        var isOpen = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    static let pieces = 60

    let upstream: FakeUpstream
    private let state = Mutex(State())

    private init(_ upstream: FakeUpstream) {
        self.upstream = upstream
    }

    /// What the settings of a service say of it.
    var settings: [String: String] { ["OPENAI_BASE_URL": upstream.baseURL, "OPENAI_API_KEY": "sk-test"] }

    /// How often a question was put.
    func calls(of question: String) -> [UpstreamCall] { state.withLock { $0.calls[question] ?? [] } }

    var callCount: Int { state.withLock { $0.calls.values.reduce(0) { $0 + $1.count } } }

    /// Lets every answer go on.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for gate in waiting { gate.finish() }
    }

    static func run<Value: Sendable>(
        _ body: @Sendable (RepeatingModel) async throws -> Value
    ) async throws -> Value {
        try await FakeUpstream.run { upstream in
            let model = RepeatingModel(upstream)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await model.serve() }
                defer { group.cancelAll() }
                return try await body(model)
            }
        }
    }

    private func serve() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while let call = try? await upstream.nextCall() {
                // A caller that goes away in the middle is what these tests are about.
                group.addTask { try? await self.answer(call) }
            }
        }
    }

    private func answer(_ call: UpstreamCall) async throws {
        let messages = try JSON(parsing: call.body)["messages"]?.array ?? []
        let question = messages.last?["content"]?.string ?? ""
        let isFirst = state.withLock { state in
            state.calls[question, default: []].append(call)
            return state.calls[question]?.count == 1
        }
        let pieces = Self.answer(to: question)
        let made = isFirst ? Self.pause(in: question) ?? pieces.count : pieces.count
        try await call.begin()
        for piece in pieces.prefix(made) { try await call.send(text: piece) }
        if made < pieces.count { await gate() }
        for piece in pieces.dropFirst(made) { try await call.send(text: piece) }
        try await call.finish()
    }

    private func gate() async {
        let (opening, gate) = AsyncStream<Void>.makeStream()
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiting.append(gate) }
            return state.isOpen
        }
        if isOpen { return }
        for await _ in opening {}
    }

    private static func pause(in question: String) -> Int? {
        let words = question.split(separator: " ")
        return words.count == 3 && words[1] == "pause" ? Int(words[2]) : nil
    }

    /// Characters of several lengths, so that a place may lie within one.
    static func answer(to question: String) -> [String] {
        (0..<pieces).map { "\(question) \($0) – é🙂 " }
    }
}
