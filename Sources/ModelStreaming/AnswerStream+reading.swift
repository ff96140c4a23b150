import JSONText

extension ArrivingAnswer {
    /// Reads the object that an event carries, and gives up where it is none.
    ///
    /// Some local servers cut characters of several bytes in two, and their event is then no UTF-8. Such halves are
    /// replaced, as in any event stream, before the answer is given up.
    ///
    /// - Returns: Whether it was read to its end.
    mutating func read(
        _ data: UnsafeBufferPointer<UInt8>,
        _ member: (inout JSONReader, JSONName) throws(JSONError) -> Void
    ) -> Bool {
        do throws(JSONError) {
            return try readMembers(data, member)
        } catch {
            guard error.reason == .badText else {
                fail(Refusal(.malformed))
                return false
            }
        }
        let mended = Array(String(decoding: data, as: UTF8.self).utf8)
        return mended.withUnsafeBufferPointer { bytes in
            do throws(JSONError) {
                return try readMembers(bytes, member)
            } catch {
                fail(Refusal(.malformed))
                return false
            }
        }
    }

    private mutating func readMembers(
        _ data: UnsafeBufferPointer<UInt8>,
        _ member: (inout JSONReader, JSONName) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        var reader = JSONReader(data)
        let isObject = try reader.object(member)
        try reader.end()
        if !isObject { fail(Refusal(.malformed)) }
        return isObject
    }
}

/// Token counts while they are read: either pair of names, all optional.
struct UsageReading {
    private var prompt: Int?
    private var completion: Int?

    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        _ = try reader.object { reader, name throws(JSONError) in
            if name == "prompt_tokens" || name == "input_tokens" {
                prompt = try reader.integer()
            } else if name == "completion_tokens" || name == "output_tokens" {
                completion = try reader.integer()
            }
        }
    }

    var usage: TokenUsage? {
        guard let prompt, let completion else { return nil }
        return TokenUsage(prompt: prompt, completion: completion)
    }
}
