import Logging
import LoopExecution
import ModelStreaming
import ServiceLifecycle
import Synchronization

/// Lets a model answer, apart from the requests that asked.
///
/// A request only follows its generation: it may go away and come back, and others may follow the same one. A
/// generation that nobody follows for a while is stopped.
final class GenerationEngine: Service {
    /// What happens to an answer, whole or not, before its followers hear of the end.
    typealias Conclusion = @Sendable (GenerationRequest, ChatAnswer, GenerationEnd) async -> Void

    /// Makes another process answer.
    typealias Commission = @Sendable (GenerationRequest) async throws -> Void

    /// How an engine goes about its work.
    struct Rules: Sendable {
        /// How many generations may run at once.
        var generations = 4096
        /// How long a generation goes on when nobody follows it.
        ///
        /// Long enough for a page that is loaded again, short enough that nobody pays for what nobody reads.
        var patience = Duration.milliseconds(500)
        /// Waits until followers who have heard nothing should be told that all is quiet.
        var heartbeat: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(15)) }
    }

    /// There are as many generations as this service takes at once.
    struct Busy: Error {}

    private let model: any ChatModel
    let log: any ResponseLog
    private let rules: Rules
    private let commission: Commission?
    private let conclusion: Conclusion
    private let clock: any Clock<Duration>
    private let intake = LoopIntake<Generation>()
    private let running = Mutex<Set<ObjectIdentifier>>([])

    /// Prepares an engine; generations begin when it runs.
    ///
    /// - Parameters:
    ///   - model: What answers.
    ///   - log: Where answers are written and followed.
    ///   - rules: How the engine goes about its work.
    ///   - commission: Makes another process answer; where it is not given, this one does.
    ///   - clock: Measures the patience.
    ///   - conclusion: What to do with each answer in the end.
    init(
        model: any ChatModel,
        log: any ResponseLog,
        rules: Rules = Rules(),
        commission: Commission? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        conclusion: @escaping Conclusion = { _, _, _ in }
    ) {
        self.model = model
        self.log = log
        self.rules = rules
        self.commission = commission
        self.clock = clock
        self.conclusion = conclusion
    }

    /// Whether there is work that no connection shows.
    var isBusy: Bool { running.withLock { !$0.isEmpty } }

    /// Begins to answer a request, or joins those who wait for the same answer.
    ///
    /// The work is done on the event loop that this is called on, where its first follower is.
    ///
    /// - Parameter request: What the model is asked.
    /// - Returns: A follower who hears the answer from its beginning.
    /// - Throws: ``Busy`` when too many generations run, or the service is about to stop; what the log throws.
    func begin(_ request: GenerationRequest) async throws -> GenerationFollower {
        while true {
            switch try await log.begin(request, asWriter: commission == nil) {
            case .follow(let generation):
                // One that is about to be stopped is replaced next time.
                if let follower = generation.follow() { return follower }
            case .write(let generation):
                guard let follower = generation.follow() else { continue }
                guard start(generation) else {
                    generation.end(with: .failed(.unavailable(retryAfter: nil)))
                    log.finish(generation)
                    throw Busy()
                }
                return follower
            case .commission(let generation):
                guard let follower = generation.follow() else { continue }
                do {
                    try await commission?(request)
                } catch {
                    await log.abandon(generation)
                    throw error
                }
                return follower
            }
        }
    }

    /// Answers a request that another process has passed on, and waits for the end.
    ///
    /// Where it is answered already, or just being answered, there is nothing to do: who follows takes over if need be.
    ///
    /// - Throws: What the log throws.
    func answer(_ request: GenerationRequest) async throws {
        guard case .write(let generation) = try await log.begin(request, asWriter: true) else { return }
        await work(on: generation)
    }

    private func start(_ generation: Generation) -> Bool {
        let hasRoom = running.withLock { running in
            guard running.count < rules.generations else { return false }
            running.insert(ObjectIdentifier(generation))
            return true
        }
        guard hasRoom else { return false }
        if intake.take(generation) { return true }
        forget(generation)
        return false
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        do { try await self.rules.heartbeat() } catch { return }
                        self.log.beat()
                    }
                }
                group.addTask {
                    for await orphan in self.log.orphans where !self.start(orphan) {
                        _ = await self.log.release(orphan)
                    }
                }
                await self.intake.run(.isCancelled) { await self.work(on: $0) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.intake.finish()
        }
    }

    /// Keeps the answer before the followers hear of its end, so that who asks next finds it.
    private func work(on generation: Generation) async {
        let end = await outcome(of: generation)
        if let end { await conclusion(generation.request, generation.answer, end) }
        forget(generation)
        guard let end else { return }
        generation.end(with: end)
        log.finish(generation)
    }

    /// How a generation ends; `nil` when it goes on in another process.
    private func outcome(of generation: Generation) async -> GenerationEnd? {
        await withTaskGroup(of: GenerationEnd?.self) { group in
            group.addTask { await self.answer(generation) }
            group.addTask { await Self.doubt(about: generation) }
            group.addTask { await self.abandonment(of: generation) }
            defer { group.cancelAll() }
            let end = await group.next() ?? .stopped
            // The service is told to stop: perhaps somebody else goes on.
            if Task.isCancelled, end == .stopped, await log.release(generation) { return nil }
            return end
        }
    }

    /// Waits for a reason not to go on, whoever follows.
    private static func doubt(about generation: Generation) async -> GenerationEnd? {
        for await doubt in generation.doubts {
            switch doubt {
            case .cancelled: return .stopped
            case .superseded: return nil
            }
        }
        return .stopped
    }

    /// Waits until nobody has followed a generation, here or elsewhere, for as long as the patience lasts.
    private func abandonment(of generation: Generation) async -> GenerationEnd? {
        if !generation.isFollowed, await isAbandoned(generation) { return .stopped }
        for await _ in generation.desertions where await isAbandoned(generation) { return .stopped }
        return .stopped
    }

    /// Waits until somebody follows a generation here again, or it is abandoned.
    private func isAbandoned(_ generation: Generation) async -> Bool {
        while !generation.isFollowed {
            do { try await clock.sleep(for: rules.patience) } catch { return true }
            if await log.isFollowedElsewhere(generation) { continue }
            if generation.closeUnlessFollowed() { return true }
        }
        return false
    }

    private func answer(_ generation: Generation) async -> GenerationEnd {
        do {
            var repeated = RepeatedText(generation.answer.text)
            for try await part in try await model.reply(to: generation.request.prompt) {
                guard case .text(let text) = part else {
                    try generation.append(part)
                    continue
                }
                if let rest = try repeated.rest(of: text) { try generation.append(.text(rest)) }
            }
            try repeated.check()
            return .finished(generation.answer)
        } catch let error as ChatModelError {
            return .failed(error)
        } catch is RepeatedText.Differs {
            return .failed(.interrupted)
        } catch {
            return Task.isCancelled ? .stopped : .failed(.unavailable(retryAfter: nil))
        }
    }

    private func forget(_ generation: Generation) {
        _ = running.withLock { $0.remove(ObjectIdentifier(generation)) }
    }
}
