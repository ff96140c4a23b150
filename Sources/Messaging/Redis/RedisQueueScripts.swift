import Redis

/// What a queue does on the server, each in one step.
///
/// A queue is a stream with one group of consumers: the stream holds the messages in their order, the group's list of
/// pending entries says who has which message and how often it was handed out. Three sorted sets stand beside it:
///
/// - `locks`: the entries that were handed out, by the moment at which their locks end; 0 for what was given back. It
///   finds what is free again, and what will be next, without looking through all that is pending.
/// - `scheduled`: messages whose time has not come, by their times; `order` counts them.
/// - `seen`: ids of messages, by the moment until which repeats are dropped.
///
/// `bell` is a stream of one entry that changes whenever somebody who waits should look again.
///
/// Sources: redis.io/docs/latest/commands/xreadgroup, …/xclaim, …/xpending
enum RedisQueueScripts {
    /// The keys of a queue, in the order in which every script gets them; the last two are those of its dead letters.
    static func keys(of queue: String, deadLetters: String?, prefix: String) -> [String] {
        let own = ["stream", "locks", "scheduled", "order", "seen", "bell"].map { "\(prefix):\(queue):\($0)" }
        // Without a queue for dead letters the keys are not touched.
        return own + ["stream", "bell"].map { "\(prefix):\(deadLetters ?? queue):\($0)" }
    }

    /// The one among them that is waited for.
    static func bell(_ keys: [String]) -> String { keys[5] }

    /// What all scripts share.
    ///
    /// The first argument is the time in milliseconds, empty for the server's own.
    private static let common = """
        local stream, locks, scheduled, order, seen, bell, dead, deadBell = unpack(KEYS)
        local group = 'workers'
        local now = tonumber(ARGV[1])
        if not now then
            local time = redis.call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end

        local function number(value)
            return string.format('%.0f', value)
        end

        local function ring(key)
            redis.call('XADD', key, 'MAXLEN', 1, '*', '', '')
        end

        -- Entry ids as texts whose order is that of the entries, and back.
        local function padded(id)
            local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
            return string.format('%016.0f-%016.0f', tonumber(ms), tonumber(sequence))
        end
        local function unpadded(text)
            local ms, sequence = string.match(text, '^(%d+)-(%d+)$')
            return string.format('%.0f-%.0f', tonumber(ms), tonumber(sequence))
        end

        local function forget(id)
            redis.call('XACK', stream, group, id)
            redis.call('XDEL', stream, id)
            redis.call('ZREM', locks, padded(id))
        end

        -- How often an entry was handed out; nil when it is in nobody's hands.
        local function deliveries(id)
            local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
            return not pending.err and pending[1] and pending[1][4]
        end

        -- Whether the lock that was given with this delivery is still good.
        local function holds(id, delivery)
            local untilWhen = redis.call('ZSCORE', locks, padded(id))
            return untilWhen and tonumber(untilWhen) > now and deliveries(id) == tonumber(delivery)
        end

        -- Moves an entry to the dead letters, if there is a place for them.
        local function bury(id, reason, description)
            local entry = redis.call('XRANGE', stream, id, id)[1]
            if entry and dead ~= stream then
                local fields = entry[2]
                local copy = { 'XADD', dead, '*', 'reason', reason, 'description', description }
                for at = 1, #fields, 2 do
                    local isOwn = fields[at] == 'message' or fields[at] == 'body'
                    if isOwn then
                        copy[#copy + 1] = fields[at]
                        copy[#copy + 1] = fields[at + 1]
                    end
                end
                copy[#copy + 1] = 'enqueued'
                copy[#copy + 1] = number(now)
                redis.call(unpack(copy))
                ring(deadBell)
            end
            forget(id)
        end

        """

    /// now, deduplication window or empty, capacity; then for each message: id, time or empty, description, body.
    static let send = RedisScript(
        common + """
            local window, capacity = tonumber(ARGV[2]), tonumber(ARGV[3])
            local count = (#ARGV - 3) / 4
            if redis.call('XLEN', stream) + redis.call('ZCARD', scheduled) + count > capacity then
                return redis.error_reply('FULL the queue holds as much as it may')
            end
            redis.call('ZREMRANGEBYSCORE', seen, '-inf', number(now))
            local added = false
            for at = 4, #ARGV, 4 do
                local id, due, message, body = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
                local isNew = not window or redis.call('ZADD', seen, 'NX', number(now + window), id) == 1
                if isNew and due and due > now then
                    -- The number keeps messages of the same time apart, and in their order.
                    local place = redis.call('INCR', order)
                    local text = string.format('%016.0f', place) .. cmsgpack.pack({ message, body })
                    redis.call('ZADD', scheduled, number(due), text)
                    added = true
                elseif isNew then
                    redis.call('XADD', stream, '*', 'message', message, 'body', body, 'enqueued', number(now))
                    added = true
                end
            end
            if added then ring(bell) end
            return redis.status_reply('OK')
            """
    )

    /// now, lock in milliseconds, the consumer's name, deliveries at most.
    ///
    /// Gives a message as entry, delivery, the end of its lock, the time and its fields; or the time, the time of the
    /// next change (-1 for none) and the last entry of the bell.
    static let take = RedisScript(
        common + """
            local lock, consumer, most = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])

            local function hand(entry, delivery)
                local untilWhen = number(now + lock)
                redis.call('ZADD', locks, untilWhen, padded(entry[1]))
                return { entry[1], delivery, untilWhen, number(now), entry[2] }
            end

            -- Some at a time, so that a great many that come due together do not hold up everybody.
            local due = redis.call('ZRANGE', scheduled, '-inf', number(now), 'BYSCORE', 'LIMIT', 0, 64, 'WITHSCORES')
            for at = 1, #due, 2 do
                local parts = cmsgpack.unpack(string.sub(due[at], 17))
                redis.call('XADD', stream, '*', 'message', parts[1], 'body', parts[2], 'enqueued', due[at + 1])
                redis.call('ZREM', scheduled, due[at])
            end

            local expired = redis.call('ZRANGE', locks, '(0', number(now), 'BYSCORE', 'LIMIT', 0, 64)
            for _, entry in ipairs(expired) do redis.call('ZADD', locks, 0, entry) end

            -- What was given back is older than all that nobody had yet.
            for _ = 1, 64 do
                local free = redis.call('ZRANGE', locks, 0, 0, 'BYSCORE', 'LIMIT', 0, 1)[1]
                if not free then break end
                local id = unpadded(free)
                local delivery = deliveries(id)
                if delivery and delivery >= most then
                    bury(id, 'MaxDeliveryCountExceeded', 'the message could not be consumed in '
                        .. number(most) .. ' deliveries')
                elseif delivery then
                    local claimed = redis.call('XCLAIM', stream, group, consumer, 0, id)[1]
                    if claimed then return hand(claimed, delivery + 1) end
                    forget(id)
                else
                    -- Somebody has removed it by other means.
                    redis.call('ZREM', locks, free)
                end
            end

            local read = { 'XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, '>' }
            local reply = redis.pcall(unpack(read))
            if reply and reply.err then
                redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
                reply = redis.call(unpack(read))
            end
            local entry = reply and reply[1][2][1]
            if entry then return hand(entry, 1) end

            local change = -1
            for _, key in ipairs({ locks, scheduled }) do
                local first = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
                if first and (change < 0 or first < change) then change = first end
            end
            local rung = redis.call('XREVRANGE', bell, '+', '-', 'COUNT', 1)[1]
            return { number(now), number(change), rung and rung[1] or '0-0' }
            """
    )

    /// now, entry, delivery.
    static let complete = RedisScript(
        common + """
            if not holds(ARGV[2], ARGV[3]) then return 0 end
            forget(ARGV[2])
            return 1
            """
    )

    /// now, entry, delivery, deliveries at most.
    static let abandon = RedisScript(
        common + """
            if not holds(ARGV[2], ARGV[3]) then return 0 end
            if tonumber(ARGV[3]) >= tonumber(ARGV[4]) then
                bury(ARGV[2], 'MaxDeliveryCountExceeded', 'the message could not be consumed in '
                    .. ARGV[4] .. ' deliveries')
            else
                redis.call('ZADD', locks, 0, padded(ARGV[2]))
            end
            ring(bell)
            return 1
            """
    )

    /// now, entry, delivery, lock in milliseconds, the consumer's name.
    static let renew = RedisScript(
        common + """
            if not holds(ARGV[2], ARGV[3]) then return 0 end
            redis.call('ZADD', locks, number(now + tonumber(ARGV[4])), padded(ARGV[2]))
            -- Operators who ask Redis itself see a message that is being worked at.
            redis.call('XCLAIM', stream, group, ARGV[5], 0, ARGV[2], 'JUSTID')
            return 1
            """
    )

    /// now, entry, delivery, reason, description.
    static let reject = RedisScript(
        common + """
            if not holds(ARGV[2], ARGV[3]) then return 0 end
            bury(ARGV[2], ARGV[4], ARGV[5])
            return 1
            """
    )

    /// now, milliseconds: removes consumers that hold nothing and have asked for nothing for so long.
    static let sweep = RedisScript(
        common + """
            local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, group)
            if consumers.err then return 0 end
            local removed = 0
            for _, consumer in ipairs(consumers) do
                local facts = {}
                for at = 1, #consumer, 2 do facts[consumer[at]] = consumer[at + 1] end
                if facts.pending == 0 and facts.idle >= tonumber(ARGV[2]) then
                    redis.call('XGROUP', 'DELCONSUMER', stream, group, facts.name)
                    removed = removed + 1
                end
            end
            return removed
            """
    )
}
