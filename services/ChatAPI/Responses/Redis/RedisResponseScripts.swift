import Redis

/// Where an answer is kept on the server.
///
/// The text is a stream under a name that operators know. What belongs to it has the same name in braces, so that a
/// cluster keeps all of it in one place (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
struct RedisResponseKeys: Sendable, Hashable {
    let stream: String

    init(_ id: GenerationID) {
        stream = "chat:stream:\(id.text)"
    }

    /// Who writes, for as long as it shows that it is alive.
    var writer: String { "{\(stream)}:writer" }
    /// Is there while somebody has asked for the end.
    var cancel: String { "{\(stream)}:cancel" }
    /// Is there while somebody follows in a process that does not write.
    var followed: String { "{\(stream)}:followed" }

    /// The answer that is being made in a conversation.
    static func running(in conversation: ConversationKey) -> String {
        "chat:running:\(GenerationID.answer(to: conversation.owner + "\0" + conversation.id).text)"
    }
}

/// What an answer in the making does on the server, each in one step.
///
/// Sources: redis.io/docs/latest/commands/xadd, …/xread, …/set
enum RedisResponseScripts {
    /// Stands for the writer of an answer that somebody has been asked to make.
    static let nobody = "nobody"

    enum Begun: Int {
        /// It is written already, by somebody else, or to its end.
        case exists, begun
        /// It was begun by somebody who is gone.
        case orphaned
    }

    /// Begins a stream, or takes over one that its writer has left.
    ///
    /// Keys: stream, writer, cancel. Arguments: the writer's token (empty for one who only asks), its lease and the
    /// stream's life in milliseconds, the request.
    static let begin = RedisScript(
        """
        local stream, writer, cancel = unpack(KEYS)
        local token, lease, life, request = unpack(ARGV)

        local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
        if last and last[2][1] == 'end' and not string.find(last[2][2], '"finished"', 1, true) then
            -- An answer that failed is of no use to the next who asks.
            redis.call('DEL', stream, writer, cancel)
            last = nil
        end
        local holder = redis.call('GET', writer)
        if last then
            if last[2][1] == 'end' or token == '' or holder and holder ~= 'nobody' then return 0 end
            redis.call('SET', writer, token, 'PX', lease)
            return 2
        end
        redis.call('XADD', stream, '*', 'request', request)
        redis.call('PEXPIRE', stream, life)
        -- Who will write is not known yet, but there will be somebody.
        redis.call('SET', writer, token ~= '' and token or 'nobody', 'PX', lease)
        return 1
        """
    )

    /// Goes on with a stream that its writer has left, unless it has ended or somebody writes.
    ///
    /// Keys: stream, writer. Arguments: token, lease in milliseconds.
    static let adopt = RedisScript(
        """
        local stream, writer = unpack(KEYS)
        local token, lease = unpack(ARGV)

        local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
        if not last or last[2][1] == 'end' then return 0 end
        return redis.call('SET', writer, token, 'NX', 'PX', lease) and 1 or 0
        """
    )

    enum Written: Int {
        /// Somebody else writes now.
        case superseded, written
        /// Somebody has asked for the end.
        case cancelled
        /// The server has lost the stream.
        case lost
    }

    /// Adds text, the end, both, or only shows that the writer is alive.
    ///
    /// Keys: stream, writer, cancel. Arguments: token, lease, the place of the text, the text, the end or nothing, the
    /// life of a stream that has ended.
    static let write = RedisScript(
        """
        local stream, writer, cancel = unpack(KEYS)
        local token, lease, place, text, ending, life = unpack(ARGV)

        local holder = redis.call('GET', writer)
        if holder and holder ~= token then return 0 end
        if redis.call('EXISTS', stream) == 0 then return 3 end
        if not holder then
            -- The lease has run out; that is no harm as long as nobody has gone on.
            local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][2]
            local size = 0
            if last[1] == 'end' then return 0 end
            if last[1] == 'text' then
                size = last[4] + #last[2]
                -- The answer to what was sent last may have been lost.
                if last[4] == place and string.sub(text, 1, #last[2]) == last[2] then size = tonumber(place) end
            end
            if size ~= tonumber(place) then return 0 end
            redis.call('SET', writer, token, 'PX', lease)
        end
        if text ~= '' then redis.call('XADD', stream, '*', 'text', text, 'place', place) end
        if ending == '' then
            redis.call('PEXPIRE', writer, lease)
        else
            redis.call('XADD', stream, '*', 'end', ending)
            redis.call('PEXPIRE', stream, life)
            redis.call('DEL', writer)
        end
        return redis.call('EXISTS', cancel) == 1 and 2 or 1
        """
    )

    /// Ends the wait of who reads.
    ///
    /// Keys: bell. Arguments: the life of a bell that nobody rings.
    static let ring = RedisScript(
        """
        redis.call('XADD', KEYS[1], 'MAXLEN', 1, '*', '', '')
        return redis.call('PEXPIRE', KEYS[1], ARGV[1])
        """
    )

    /// Lets go of what one holds: a stream that is not at its end, or the name of a conversation.
    ///
    /// Keys: what is held. Arguments: who holds it.
    static let release = RedisScript(
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """
    )
}
