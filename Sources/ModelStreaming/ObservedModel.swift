import Synchronization
import Telemetry
import Tracing

/// A model whose answers are counted, timed and traced; otherwise the model that it is made of.
///
/// `gen_ai.client.token.usage` counts tokens, `gen_ai.client.operation.duration` and `….time_to_first_chunk` measure
/// answers, `gen_ai.client.operation.active` tells how many are in the making.
/// Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics
public struct ObservedModel: ChatModel {
    private let model: any ChatModel
    private let names: ModelNames

    public init(_ model: any ChatModel) {
        self.model = model
        self.names = ModelNames(first: model.name)
    }

    public var name: String { model.name }
    public var provider: String { model.provider }

    public func reply(to prompt: ChatPrompt) async throws -> ChatReply {
        let asked = prompt.model ?? model.name
        let call = ModelCall(to: names.known(asked), of: model.provider, prompt, asking: asked)
        var prompt = prompt
        prompt.trace = call.span?.context.trace ?? prompt.trace
        do {
            return ChatReply(ObservedReply(reply: try await model.reply(to: prompt), call: call))
        } catch {
            call.end(error.kind)
            throw error
        }
    }
}

/// The parts of an answer, as they are.
private struct ObservedReply: AsyncSequence, Sendable {
    let reply: ChatReply
    let call: ModelCall

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(parts: reply.makeAsyncIterator(), call: call)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var parts: ChatReply.AsyncIterator
        let call: ModelCall
        var hasText = false

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ChatDelta? {
            do {
                let part = try await parts.next(isolation: actor)
                note(part)
                return part
            } catch {
                call.end(error.kind)
                throw error
            }
        }

        private mutating func note(_ part: ChatDelta?) {
            switch part {
            case .text:
                if hasText { return }
                hasText = true
                call.begin()
            case .usage(let usage): call.count(usage)
            case .finished(let reason): call.finish(reason)
            case .thread: break
            case nil: call.end()
            }
        }
    }
}

/// The names of models that metrics tell apart: a client may make up any number of them.
private final class ModelNames: Sendable {
    private static let limit = 32
    private let names: Mutex<Set<String>>

    init(first: String) {
        names = Mutex([first])
    }

    /// The name itself, as long as there are few.
    func known(_ name: String) -> String {
        names.withLock { names in
            guard !names.contains(name) else { return name }
            guard names.count < Self.limit else { return "other" }
            names.insert(name)
            return name
        }
    }
}

extension Error {
    /// What kind of error it is, without what it says.
    fileprivate var kind: String {
        switch self as? ChatModelError {
        case let error?: error.code
        case nil: self is CancellationError ? "cancelled" : "\(type(of: self))"
        }
    }
}
