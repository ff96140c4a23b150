import Logging
import ModelStreaming
import ServiceLifecycle
import Synchronization

/// Lets a model answer, apart from the requests that asked.
///
/// A request only follows its generation: it may go away, and others may follow the same one. A generation that nobody
/// follows is stopped at once.
final class GenerationEngine: Service {
    /// What happens to an answer, whole or not, before its followers hear of the end.
    typealias Conclusion = @Sendable (ChatAnswer, GenerationEnd) async -> Void

    private struct Job: Sendable {
        let generation: Generation
        let conclusion: Conclusion
    }

    /// There are as many generations as this service takes at once.
    struct Busy: Error {}

    private let model: any ChatModel
    private let heartbeat: @Sendable () async throws -> Void
    private let answerLimit: Int
    private let generationLimit: Int
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation
    private let running = Mutex<[ObjectIdentifier: Generation]>([:])

    /// Prepares an engine; generations begin when it runs.
    ///
    /// - Parameters:
    ///   - model: What answers.
    ///   - answerLimit: The longest answer, in bytes.
    ///   - generationLimit: How many may run at once.
    ///   - heartbeat: Waits until followers who have heard nothing should be told that all is quiet.
    init(
        model: any ChatModel,
        answerLimit: Int = 1 << 20,
        generationLimit: Int = 4096,
        heartbeat: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(15)) }
    ) {
        self.model = model
        self.answerLimit = answerLimit
        self.generationLimit = generationLimit
        self.heartbeat = heartbeat
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Begins to answer a prompt.
    ///
    /// - Parameters:
    ///   - prompt: What the model is asked.
    ///   - conclusion: What to do with the answer in the end.
    /// - Returns: A follower who hears the answer from its beginning.
    /// - Throws: ``Busy`` when too many generations run, or the service is about to stop.
    func begin(
        _ prompt: ChatPrompt,
        conclusion: @escaping Conclusion = { _, _ in }
    ) throws(Busy) -> GenerationFollower {
        let generation = Generation(prompt: prompt, limit: answerLimit)
        let follower = generation.follow()
        let hasRoom = running.withLock { running in
            guard running.count < generationLimit else { return false }
            running[ObjectIdentifier(generation)] = generation
            return true
        }
        guard hasRoom else { throw Busy() }
        guard case .enqueued = queue.yield(Job(generation: generation, conclusion: conclusion)) else {
            forget(generation)
            throw Busy()
        }
        return follower
    }

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    do { try await self.heartbeat() } catch { return }
                    self.running.withLock { $0.values.map(\.self) }.forEach { $0.nudge() }
                }
            }
            for await job in jobs.cancelOnGracefulShutdown() {
                group.addTask { await self.work(on: job) }
            }
            queue.finish()
            group.cancelAll()
        }
    }

    /// Keeps the answer before the followers hear of its end, so that who asks next finds it.
    private func work(on job: Job) async {
        let generation = job.generation
        let end = await outcome(of: generation)
        await job.conclusion(generation.answer, end)
        forget(generation)
        generation.end(with: end)
    }

    private func outcome(of generation: Generation) async -> GenerationEnd {
        await withTaskGroup(of: GenerationEnd.self) { group in
            group.addTask { await self.answer(generation) }
            group.addTask {
                await generation.abandoned()
                return .stopped
            }
            defer { group.cancelAll() }
            return await group.next() ?? .stopped
        }
    }

    private func answer(_ generation: Generation) async -> GenerationEnd {
        do {
            for try await part in try await model.reply(to: generation.prompt) { try generation.append(part) }
            return .finished(generation.answer)
        } catch let error as ChatModelError {
            return .failed(error)
        } catch {
            return Task.isCancelled ? .stopped : .failed(.unavailable(retryAfter: nil))
        }
    }

    private func forget(_ generation: Generation) {
        _ = running.withLock { $0.removeValue(forKey: ObjectIdentifier(generation)) }
    }
}
