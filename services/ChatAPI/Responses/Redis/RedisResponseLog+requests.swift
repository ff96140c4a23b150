import JSONText
import Logging
import ModelStreaming
import Redis
import Synchronization
import WebFormats

/// What is asked of the log.
extension RedisResponseLog {
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

    func begin(_ request: GenerationRequest, token: String) async throws -> RedisResponseScripts.Begun {
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
    func unname(_ request: GenerationRequest) async {
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
    func stored(_ id: GenerationID) async throws -> Generation? {
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
}

extension Optional {
    fileprivate func orThrow(_ error: some Error) throws -> Wrapped {
        guard let self else { throw error }
        return self
    }
}
