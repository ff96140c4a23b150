import ModelStreaming
import Redis
import Synchronization

/// How answers are read along with that another process makes.
extension RedisResponseLog {
    /// Reads along with what another process writes.
    func read(_ generation: Generation, after entry: String) async {
        state.withLock { $0.roles.read(generation, after: entry) }
        let life = rules.longestGeneration.milliseconds
        _ = try? await client.run(RedisResponseScripts.ring, keys: [bell], [.init(life)])
        await showInterest(in: generation.id)
    }

    func read() async {
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
    func news(since rung: String) async throws -> [(key: String, entries: [RedisValue])] {
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

    func generation(of key: String) -> Generation? {
        GenerationID(key.dropFirst("chat:stream:".count)).flatMap { id in
            state.withLock { $0.roles.readers[id]?.generation }
        }
    }

    /// Adds entries of a stream to an answer.
    ///
    /// - Returns: The id of the last entry.
    func take(_ entries: [RedisValue], into generation: Generation) -> String? {
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
