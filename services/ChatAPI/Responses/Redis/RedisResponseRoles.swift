import Redis

/// Which answers this process writes, and which it reads along with.
struct RedisResponseRoles: Sendable {
    struct Writer: Sendable {
        let generation: Generation
        /// Proves to the server that nobody else has taken over.
        let token: String
        /// The bytes of text that the server has.
        var sent = 0
        /// Whether somebody followed it in another process when the server was last asked.
        var isFollowedElsewhere = false
    }

    struct Reader: Sendable {
        let generation: Generation
        /// The id of the last entry that was read.
        var entry: String
        /// How often in a row there was no writer.
        var absences = 0
        /// How often in a row nobody followed.
        var silences = 0
    }

    var writers: [GenerationID: Writer] = [:]
    var readers: [GenerationID: Reader] = [:]
    private var changed: Set<GenerationID> = []

    /// Takes note that there may be something to send.
    ///
    /// - Returns: Whether nobody has been told yet.
    mutating func change(_ id: GenerationID) -> Bool {
        guard writers[id] != nil else { return false }
        return changed.insert(id).inserted && changed.count == 1
    }

    mutating func takeChanged() -> [Writer] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.compactMap { writers[$0] }
    }

    mutating func write(_ generation: Generation, token: String) {
        readers[generation.id] = nil
        writers[generation.id] = Writer(generation: generation, token: token, sent: generation.size)
    }

    /// Reads along with an answer; one of the same name that is being closed here still has its end to send.
    mutating func read(_ generation: Generation, after entry: String) {
        if writers[generation.id]?.generation === generation { writers[generation.id] = nil }
        readers[generation.id] = Reader(generation: generation, entry: entry)
    }

    /// Takes in entries that were read of a stream.
    mutating func advance(_ id: GenerationID, to entry: String) {
        readers[id]?.entry = entry
        readers[id]?.absences = 0
    }

    /// Counts how often an answer had no writer.
    mutating func noteAbsence(of id: GenerationID, _ isAbsent: Bool) -> Int {
        let absences = isAbsent ? (readers[id]?.absences ?? 0) + 1 : 0
        readers[id]?.absences = absences
        return absences
    }

    /// Counts how often nobody followed an answer.
    mutating func noteSilence(of id: GenerationID, _ isSilent: Bool) -> Int {
        let silences = isSilent ? (readers[id]?.silences ?? 0) + 1 : 0
        readers[id]?.silences = silences
        return silences
    }
}
