import Settings
import TestInstruments

@testable import Azure

/// Ends every program in the same way, and remembers how each was called.
final class ScriptedCommands: CommandRunner {
    private let result: CommandResult?
    private let called = Shared<[String]>([])

    init(_ result: CommandResult?) {
        self.result = result
    }

    var lines: [String] { called.withLock { $0 } }

    func run(_ program: String, _ arguments: [String]) async throws -> CommandResult? {
        called.withLock { $0.append(([program] + arguments).joined(separator: " ")) }
        return result
    }
}

/// Remembers what a person would have been shown.
final class RecordedPrompt: DeviceCodePrompt {
    private let invitations = Shared<[DeviceCodeInvitation]>([])

    var shown: [DeviceCodeInvitation] { invitations.withLock { $0 } }

    func show(_ invitation: DeviceCodeInvitation) async {
        invitations.withLock { $0.append(invitation) }
    }
}

/// A credential whose every question waits until a test answers it.
final class HeldCredential: TokenCredential {
    private struct Question {
        let continuation: CheckedContinuation<AccessToken, any Error>
    }

    private let questions = Shared<[Int: Question]>([:])
    private let counter = Shared(0)
    private let asked: AsyncStream<Int>.Continuation
    private let stream: AsyncStream<Int>

    init() {
        (stream, asked) = AsyncStream.makeStream()
    }

    var timesAsked: Int { counter.withLock { $0 } }

    func token(for scope: TokenScope) async throws -> AccessToken {
        let id = counter.withLock { counter in
            counter += 1
            return counter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                questions.withLock { $0[id] = Question(continuation: continuation) }
                if Task.isCancelled { answer(id, .failure(CancellationError())) }
                asked.yield(id)
            }
        } onCancel: {
            answer(id, .failure(CancellationError()))
        }
    }

    /// Waits for a question.
    func nextQuestion() async -> Int? {
        for await id in stream { return id }
        return nil
    }

    func answer(_ id: Int, _ result: Result<AccessToken, any Error>) {
        questions.withLock { $0.removeValue(forKey: id) }?.continuation.resume(with: result)
    }
}
