import JSONText
import Redis
import Synchronization

/// How answers are written that are made here.
extension RedisResponseLog {
    /// Writes an answer from here on; nobody hears what the server does not have, or another could not go on from there.
    func write(_ generation: Generation, token: String) {
        generation.holdBack()
        state.withLock { $0.roles.write(generation, token: token) }
    }

    func changed(_ generation: Generation) {
        if state.withLock({ $0.roles.change(generation.id) }) { change.yield() }
    }

    /// Sends what is new; while that is on its way, the next gathers.
    func write() async {
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
    func send(_ writer: RedisResponseRoles.Writer) async throws {
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
}
