import Logging
import Redis
import Synchronization
import WebFormats

/// How writers and readers see that each other are alive.
extension RedisResponseLog {
    func keepAlive() async throws {
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
    static let patience = 5

    /// Says that an answer is followed here, and takes it over where nobody writes it any more.
    func look(after generation: Generation) async {
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
    func hasWriter(_ id: GenerationID) async -> Bool? {
        let key = RedisResponseKeys(id).writer
        return (try? await client.send(RedisCommand("EXISTS", .init(key))))?.integer.map { $0 == 1 }
    }

    func isRead(_ generation: Generation) -> Bool {
        state.withLock { $0.roles.readers[generation.id]?.generation === generation }
    }

    func takeOver(_ generation: Generation) async {
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

    func showInterest(in id: GenerationID) async {
        let key = RedisResponseKeys(id).followed
        _ = try? await client.send(
            RedisCommand("SET", .init(key), "1", "PX", .init((rules.beat * 3).milliseconds))
        )
    }
}
