import JSONText
import Logging
import ModelStreaming
import Redis
import ServiceLifecycle
import Synchronization
import WebFormats

/// Answers that several processes share through a Redis server.
///
/// Who makes an answer writes its text into a stream and holds a lease on it. Everybody else reads along, and each
/// process reads each answer once, however many of its clients follow it. When the lease runs out, one of those who
/// read takes over.
///
/// Without the server each process serves the answers that it makes itself.
final class RedisResponseLog: ResponseLog, Service {
    /// How a log goes about its work.
    struct Rules: Sendable {
        /// How long an answer is kept after its end.
        var lifetime = Duration.seconds(900)
        /// How long an answer without an end is kept.
        var longestGeneration = Duration.seconds(3600)
        /// How long a writer that shows no life keeps its answer.
        var lease = Duration.seconds(3)
        /// How long a request that was passed on waits for a writer.
        var commission = Duration.seconds(60)
        /// How often it is looked who is alive.
        var beat = Duration.milliseconds(400)
        /// The most that this process keeps, in bytes.
        var capacity = 64 << 20
        /// The longest answer, in bytes.
        var answerLimit = 1 << 20
        /// Whether this process takes over from writers that are gone.
        var takesOver = true
    }

    private struct State {
        var shelf: ResponseShelf<ContinuousClock.Instant>
        var roles = RedisResponseRoles()
        /// The server was out of reach, and who follows may not have found it again before this.
        var isBlindUntil = ContinuousClock.now
    }

    let client: RedisClient
    let rules: Rules
    let logger: Logger
    private let state: Mutex<State>
    private let steadily = SteadyWork()
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation
    /// A stream of one entry, which ends the wait of who reads.
    private let bell = "chat:bell:\(RandomDigits.hexadecimal(groups: 2))"
    let orphans: AsyncStream<Generation>
    private let orphan: AsyncStream<Generation>.Continuation

    /// Describes a log; it reads and writes when it runs.
    ///
    /// - Parameters:
    ///   - client: Talks to the server; it must run before and after the log.
    ///   - rules: How the log goes about its work.
    ///   - logger: Is told when answers cannot be shared.
    init(_ client: RedisClient, rules: Rules = Rules(), logger: Logger) {
        self.client = client
        self.rules = rules
        self.logger = logger
        self.state = Mutex(State(shelf: ResponseShelf(lifetime: rules.lifetime, capacity: rules.capacity)))
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (orphans, orphan) = AsyncStream.makeStream()
    }

    // MARK: Requests

    func begin(_ request: GenerationRequest, asWriter isWriter: Bool) async throws -> ResponseClaim {
        if let known = shelved(request.id), known.isUsable { return .follow(known) }
        do {
            return try await claim(request, asWriter: isWriter)
        } catch let error as RedisError where isWriter {
            logger.warning("an answer is not shared, Redis does not take it", metadata: ["error": "\(error)"])
            let generation = newGeneration(request)
            let shelved = shelve(generation)
            return shelved === generation ? .write(generation) : .follow(shelved)
        }
    }

    private func claim(_ request: GenerationRequest, asWriter isWriter: Bool) async throws -> ResponseClaim {
        let token = isWriter ? RandomDigits.hexadecimal(groups: 2) : ""
        switch try await begin(request, token: token) {
        case .begun:
            let generation = newGeneration(request)
            let shelved = shelve(generation)
            // Another request may have found the stream already and read along; who writes here already goes on alone.
            guard shelved === generation || isRead(shelved) else { return .follow(shelved) }
            if isWriter {
                write(shelved, token: token)
                return .write(shelved)
            }
            await read(shelved, after: "0")
            return .commission(shelved)
        case .exists:
            return .follow(try await stored(request.id).orThrow(RedisError.malformedAnswer))
        case .orphaned:
            let generation = try await stored(request.id).orThrow(RedisError.malformedAnswer)
            write(generation, token: token)
            return .write(generation)
        }
    }

    private func begin(_ request: GenerationRequest, token: String) async throws -> RedisResponseScripts.Begun {
        let keys = RedisResponseKeys(request.id)
        let answer = try await client.run(
            RedisResponseScripts.begin,
            keys: [keys.stream, keys.writer, keys.cancel],
            [
                .init(token), .init((token.isEmpty ? rules.commission : rules.lease).milliseconds),
                .init(rules.longestGeneration.milliseconds),
                .init(request.json.bytes),
            ]
        )
        guard let begun = answer.integer.flatMap(RedisResponseScripts.Begun.init) else {
            throw RedisError.malformedAnswer
        }
        if begun == .begun { await name(request) }
        return begun
    }

    /// Lets an answer be found by its conversation; without that, it can still be found by its own name.
    private func name(_ request: GenerationRequest) async {
        guard let conversation = request.turn?.conversation else { return }
        let key = RedisResponseKeys.running(in: conversation)
        let life = rules.longestGeneration.milliseconds
        _ = try? await client.send(RedisCommand("SET", .init(key), .init(request.id.text), "PX", .init(life)))
    }

    /// Lets an answer that is over no longer be found by its conversation, which may have gone on to another.
    private func unname(_ request: GenerationRequest) async {
        guard let conversation = request.turn?.conversation else { return }
        let key = RedisResponseKeys.running(in: conversation)
        _ = try? await client.run(RedisResponseScripts.release, keys: [key], [.init(request.id.text)])
    }

    func generation(_ id: GenerationID) async throws -> Generation? {
        var found = shelved(id)
        if found?.canBeFollowed != true { found = try await stored(id) }
        guard let generation = found else { return nil }
        // Whoever asks has perhaps just lost the writer, and should not have to wait for the next look.
        if rules.takesOver, isRead(generation), await hasWriter(id) == false { await takeOver(generation) }
        return generation
    }

    /// An answer as far as the server has it, which is read along with from here on.
    private func stored(_ id: GenerationID) async throws -> Generation? {
        let keys = RedisResponseKeys(id)
        let entries = try await client.send(RedisCommand("XRANGE", .init(keys.stream), "-", "+")).array ?? []
        guard let first = entries.first?.array, first.count == 2,
            case .request(let request)? = RedisResponseEntry(first[1])
        else { return nil }
        let generation = newGeneration(request)
        let last = take(entries, into: generation) ?? "0"
        let shelved = shelve(generation, readAfter: generation.end == nil ? last : nil)
        guard shelved === generation else { return shelved }
        if generation.end == nil { await read(generation, after: last) } else { finish(generation) }
        return generation
    }

    func running(in conversation: ConversationKey) async throws -> GenerationID? {
        if let id = state.withLock({ $0.shelf.running(in: conversation) }) { return id }
        let key = RedisResponseKeys.running(in: conversation)
        guard let id = try await client.send(RedisCommand("GET", .init(key))).text.flatMap({ GenerationID($0) })
        else { return nil }
        var generation = shelved(id)
        if generation == nil { generation = try await stored(id) }
        return generation.flatMap { $0.end == nil ? id : nil }
    }

    func cancel(_ id: GenerationID) async throws {
        shelved(id)?.raise(.cancelled)
        let key = RedisResponseKeys(id).cancel
        _ = try await client.send(
            RedisCommand("SET", .init(key), "1", "PX", .init(rules.longestGeneration.milliseconds))
        )
    }

    func isFollowedElsewhere(_ generation: Generation) async -> Bool {
        let id = generation.id
        let isFollowed = try? await client.send(RedisCommand("EXISTS", .init(RedisResponseKeys(id).followed))).integer
        return state.withLock { state in
            guard let isFollowed else {
                state.isBlindUntil = .now + rules.lease
                return state.roles.writers[id]?.isFollowedElsewhere ?? false
            }
            // What was known before counts until those who follow have found the server again, too.
            if isFollowed == 0, .now < state.isBlindUntil {
                return state.roles.writers[id]?.isFollowedElsewhere ?? false
            }
            state.roles.writers[id]?.isFollowedElsewhere = isFollowed == 1
            return isFollowed == 1
        }
    }

    func finish(_ generation: Generation) {
        state.withLock { $0.shelf.keep(generation, now: .now) }
    }

    func abandon(_ generation: Generation) async {
        let keys = RedisResponseKeys(generation.id)
        let end = GenerationEnd.failed(.unavailable(retryAfter: nil))
        _ = try? await client.run(
            RedisResponseScripts.write,
            keys: [keys.stream, keys.writer, keys.cancel],
            [
                .init(RedisResponseScripts.nobody), .init(rules.lease.milliseconds), 0, "",
                .init(RedisResponseEnd(end).json.bytes), .init(rules.lifetime.milliseconds),
            ]
        )
        await unname(generation.request)
        generation.take(end)
        state.withLock { state in
            state.roles.readers[generation.id] = nil
            state.shelf.remove(generation)
        }
    }

    func release(_ generation: Generation) async -> Bool {
        guard let writer = state.withLock({ $0.roles.writers[generation.id] }) else { return false }
        // Who leaves has been cancelled, and the server has to hear of it all the same.
        guard (try? await steadily({ await self.letGo(of: writer) })) == true else { return false }
        state.withLock { state in
            state.roles.writers[generation.id] = nil
            state.shelf.remove(generation)
        }
        generation.moveOn()
        return true
    }

    private func letGo(of writer: RedisResponseRoles.Writer) async -> Bool {
        do {
            try await send(writer)
            _ = try await client.run(
                RedisResponseScripts.release,
                keys: [RedisResponseKeys(writer.generation.id).writer],
                [.init(writer.token)]
            )
            return true
        } catch {
            return false
        }
    }

    func beat() {
        let growing = state.withLock { state in
            state.shelf.sweep(now: .now)
            return state.shelf.growing
        }
        for generation in growing { generation.nudge() }
    }

    // MARK: Running

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.steadily.run() }
                group.addTask { await self.write() }
                group.addTask { await self.read() }
                group.addTask { try await self.keepAlive() }
                try await group.waitForAll()
            }
        }
        // What was ended last is still on its way.
        for writer in state.withLock({ Array($0.roles.writers.values) }) { try? await send(writer) }
        for reader in state.withLock({ Array($0.roles.readers.values) }) { reader.generation.moveOn() }
        orphan.finish()
    }

    // MARK: Writing

    /// Writes an answer from here on; nobody hears what the server does not have, or another could not go on from there.
    private func write(_ generation: Generation, token: String) {
        generation.holdBack()
        state.withLock { $0.roles.write(generation, token: token) }
    }

    private func changed(_ generation: Generation) {
        if state.withLock({ $0.roles.change(generation.id) }) { change.yield() }
    }

    /// Sends what is new; while that is on its way, the next gathers.
    private func write() async {
        for await _ in changes {
            let writers = state.withLock { $0.roles.takeChanged() }
            await withDiscardingTaskGroup { group in
                for writer in writers {
                    group.addTask {
                        do {
                            try await self.send(writer)
                        } catch {
                            // Who listens here should not have to wait for the server to come back; it is told the rest
                            // with a later beat.
                            writer.generation.confirmAll()
                        }
                    }
                }
            }
        }
    }

    /// Sends what is new of an answer, and shows that its writer is alive.
    private func send(_ writer: RedisResponseRoles.Writer) async throws {
        let generation = writer.generation
        let keys = RedisResponseKeys(generation.id)
        var sent = writer.sent
        while true {
            // The end is asked for first, so that no text can come between the two.
            let end = generation.end
            let text = generation.text(from: sent)
            let isLast = sent + text.utf8.count == generation.size
            let ending = isLast ? end.map { RedisResponseEnd($0).json.bytes } : nil
            let answer = try await client.run(
                RedisResponseScripts.write,
                keys: [keys.stream, keys.writer, keys.cancel],
                [
                    .init(writer.token), .init(rules.lease.milliseconds), .init(sent), .init(text),
                    .init(ending ?? []), .init(rules.lifetime.milliseconds),
                ]
            )
            switch answer.integer.flatMap(RedisResponseScripts.Written.init) {
            case .superseded:
                state.withLock { $0.roles.writers[generation.id] = nil }
                generation.raise(.superseded)
                generation.dropUnconfirmed()
                generation.confirmAll()
                return await read(generation, after: "0")
            case .lost:
                _ = try await begin(generation.request, token: writer.token)
                sent = 0
                continue
            case .cancelled: generation.raise(.cancelled)
            case .written: break
            case nil: throw RedisError.malformedAnswer
            }
            sent += text.utf8.count
            generation.confirm(upTo: sent, withEnd: ending != nil)
            state.withLock { state in
                if ending == nil {
                    state.roles.writers[generation.id]?.sent = sent
                } else {
                    state.roles.writers[generation.id] = nil
                }
            }
            if ending != nil { await unname(generation.request) }
            if isLast { return }
        }
    }

    // MARK: Reading

    /// Reads along with what another process writes.
    private func read(_ generation: Generation, after entry: String) async {
        state.withLock { $0.roles.read(generation, after: entry) }
        let life = rules.longestGeneration.milliseconds
        _ = try? await client.run(RedisResponseScripts.ring, keys: [bell], [.init(life)])
        await showInterest(in: generation.id)
    }

    private func read() async {
        var rung = "0"
        while !Task.isCancelled {
            do {
                for (key, entries) in try await news(since: rung) {
                    if key == bell {
                        rung = entries.last?.array?.first?.text ?? rung
                        continue
                    }
                    guard let generation = generation(of: key), let last = take(entries, into: generation) else {
                        continue
                    }
                    state.withLock { state in
                        state.roles.advance(generation.id, to: last)
                        guard generation.end != nil else { return }
                        state.roles.readers[generation.id] = nil
                        state.shelf.keep(generation, now: .now)
                    }
                }
            } catch {
                try? await Task.sleep(for: rules.beat)
            }
        }
    }

    /// Waits for new entries of all streams that are read, or for the bell.
    private func news(since rung: String) async throws -> [(key: String, entries: [RedisValue])] {
        let readers = state.withLock { Array($0.roles.readers.values) }
        let keys = [bell] + readers.map { RedisResponseKeys($0.generation.id).stream }
        let places = [rung] + readers.map(\.entry)
        let wait = Duration.seconds(5)
        let command = RedisCommand(
            "XREAD",
            ["COUNT", 1000, "BLOCK", .init(wait.milliseconds), "STREAMS"] + (keys + places).map { .init($0) }
        )
        let answer = try await client.send(command, waitingAtMost: wait)
        return (answer.streams).map { ($0.key, $0.entries) }
    }

    private func generation(of key: String) -> Generation? {
        GenerationID(key.dropFirst("chat:stream:".count)).flatMap { id in
            state.withLock { $0.roles.readers[id]?.generation }
        }
    }

    /// Adds entries of a stream to an answer.
    ///
    /// - Returns: The id of the last entry.
    private func take(_ entries: [RedisValue], into generation: Generation) -> String? {
        var last: String?
        for entry in entries {
            guard let parts = entry.array, parts.count == 2, let id = parts[0].text else { continue }
            last = id
            switch RedisResponseEntry(parts[1]) {
            case .text(let text, let place): generation.take(text, at: place)
            case .end(let end): generation.take(end.end(of: generation.answer.text))
            case .request, nil: break
            }
        }
        return last
    }

    // MARK: Who is alive

    private func keepAlive() async throws {
        while true {
            try await Task.sleep(for: rules.beat)
            let (writers, readers) = state.withLock { state in
                (Array(state.roles.writers.values), Array(state.roles.readers.values))
            }
            await withDiscardingTaskGroup { group in
                for writer in writers { group.addTask { self.changed(writer.generation) } }
                for reader in readers { group.addTask { await self.look(after: reader.generation) } }
            }
        }
    }

    /// For so many beats an answer is read that nobody follows, because somebody may be about to.
    private static let patience = 5

    /// Says that an answer is followed here, and takes it over where nobody writes it any more.
    private func look(after generation: Generation) async {
        let silence = state.withLock { $0.roles.noteSilence(of: generation.id, !generation.isFollowed) }
        if silence > Self.patience, generation.closeUnlessFollowed() {
            return state.withLock { state in
                state.roles.readers[generation.id] = nil
                state.shelf.remove(generation)
            }
        }
        guard silence == 0 else { return }
        await showInterest(in: generation.id)
        guard rules.takesOver else { return }
        guard let hasWriter = await hasWriter(generation.id) else { return }
        // Once may be the moment between the last text and the end.
        let absences = state.withLock { $0.roles.noteAbsence(of: generation.id, !hasWriter) }
        if absences > 1 { await takeOver(generation) }
    }

    /// Whether somebody writes an answer; `nil` when the server does not say.
    private func hasWriter(_ id: GenerationID) async -> Bool? {
        let key = RedisResponseKeys(id).writer
        return (try? await client.send(RedisCommand("EXISTS", .init(key))))?.integer.map { $0 == 1 }
    }

    private func isRead(_ generation: Generation) -> Bool {
        state.withLock { $0.roles.readers[generation.id]?.generation === generation }
    }

    private func takeOver(_ generation: Generation) async {
        let token = RandomDigits.hexadecimal(groups: 2)
        let keys = RedisResponseKeys(generation.id)
        let adopted = try? await client.run(
            RedisResponseScripts.adopt,
            keys: [keys.stream, keys.writer],
            [.init(token), .init(rules.lease.milliseconds)]
        )
        guard adopted?.integer == 1 else { return }
        // What the last writer has sent is read before anything is added.
        guard let entries = try? await client.send(RedisCommand("XRANGE", .init(keys.stream), "-", "+")).array else {
            return
        }
        _ = take(entries, into: generation)
        write(generation, token: token)
        logger.notice("an answer goes on here, its writer is gone", metadata: ["generation": "\(generation.id.text)"])
        orphan.yield(generation)
    }

    private func showInterest(in id: GenerationID) async {
        let key = RedisResponseKeys(id).followed
        _ = try? await client.send(
            RedisCommand("SET", .init(key), "1", "PX", .init((rules.beat * 3).milliseconds))
        )
    }

    // MARK: The shelf

    private func newGeneration(_ request: GenerationRequest) -> Generation {
        Generation(request, limit: rules.answerLimit) { [weak self] in self?.changed($0) }
    }

    private func shelved(_ id: GenerationID) -> Generation? { state.withLock { $0.shelf[id] } }

    /// Puts an answer where others find it, and where it is read if it is.
    ///
    /// - Returns: The one that is there already, if it is of use.
    private func shelve(_ generation: Generation, readAfter entry: String? = nil) -> Generation {
        state.withLock { state in
            if let known = state.shelf[generation.id], known.isUsable { return known }
            state.shelf.add(generation)
            if let entry { state.roles.read(generation, after: entry) }
            return generation
        }
    }
}

extension RedisValue {
    /// The entries of each stream of an answer to `XREAD`, which version 3 of the protocol sends as a map.
    fileprivate var streams: [(key: String, entries: [RedisValue])] {
        let elements = array ?? []
        let pairs =
            elements.first?.text == nil
            ? elements.compactMap(\.array)
            : stride(from: 0, to: elements.count - 1, by: 2).map { [elements[$0], elements[$0 + 1]] }
        return pairs.compactMap { pair in
            guard pair.count == 2, let key = pair[0].text, let entries = pair[1].array else { return nil }
            return (key, entries)
        }
    }
}

extension Optional {
    fileprivate func orThrow(_ error: some Error) throws -> Wrapped {
        guard let self else { throw error }
        return self
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
