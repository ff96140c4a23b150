/// Why a file is not one that describes a time zone.
public enum ZoneFileError: Error, Sendable, Hashable {
    case noZoneFile
    case truncated
    /// Something in it contradicts the form; says what.
    case malformed(String)
}

extension ZoneRules {
    /// Reads a TZif file, of which systems have one for each zone below `/usr/share/zoneinfo`.
    ///
    /// Source: RFC 8536.
    public init(tzif bytes: [UInt8]) throws(ZoneFileError) {
        var reader = ZoneFileReader(bytes)
        let first = try reader.header()
        guard first.version >= UInt8(ascii: "2") else {
            self = try reader.rules(first, timeSize: 4)
            return
        }
        // The same again in 64 bits follows; what comes first is for readers of old.
        try reader.skip(first.size(timeSize: 4))
        let header = try reader.header()
        let rules = try reader.rules(header, timeSize: 8)
        let footer = try reader.footer()
        guard !footer.isEmpty else {
            self = rules
            return
        }
        guard let yearly = YearlyRule(footer) else { throw .malformed("the rule for the time after the last change") }
        self = rules.followed(by: yearly)
    }

    private func followed(by yearly: YearlyRule) -> ZoneRules {
        ZoneRules(initialOffset: initialOffset, changes: changes, yearly: yearly)
    }
}

/// Reads the blocks of a TZif file one after the other.
private struct ZoneFileReader {
    struct Header {
        var version: UInt8
        var universalFlags: Int
        var standardFlags: Int
        var leapSeconds: Int
        var changes: Int
        var types: Int
        var designations: Int

        /// The bytes that follow.
        func size(timeSize: Int) -> Int {
            changes * (timeSize + 1) + types * 6 + designations + leapSeconds * (timeSize + 4) + standardFlags
                + universalFlags
        }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func header() throws(ZoneFileError) -> Header {
        guard rest.starts(with: Array("TZif".utf8)) else { throw .noZoneFile }
        try skip(4)
        let version = UInt8(truncatingIfNeeded: try number(1))
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = try number(4)
            guard (0...rest.count).contains(count) else { throw .truncated }
            counts.append(count)
        }
        return Header(
            version: version,
            universalFlags: counts[0],
            standardFlags: counts[1],
            leapSeconds: counts[2],
            changes: counts[3],
            types: counts[4],
            designations: counts[5]
        )
    }

    mutating func rules(_ header: Header, timeSize: Int) throws(ZoneFileError) -> ZoneRules {
        guard header.leapSeconds == 0 else { throw .malformed("its seconds are not those of POSIX") }
        var moments: [Int] = []
        for _ in 0..<header.changes { moments.append(try number(timeSize)) }
        var types: [Int] = []
        for _ in 0..<header.changes { types.append(try number(1) & 0xFF) }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            offsets.append(try number(4))
            try skip(2)
        }
        try skip(header.designations + header.standardFlags + header.universalFlags)
        guard let first = offsets.first, types.allSatisfy({ $0 < offsets.count }),
            offsets.allSatisfy({ abs($0) < ZoneRules.largestOffset }), zip(moments, moments.dropFirst()).allSatisfy(<)
        else { throw .malformed("its changes") }
        let changes = zip(moments, types).map { ZoneRules.Change(moment: $0, offset: offsets[$1]) }
        return ZoneRules(initialOffset: first, changes: changes)
    }

    /// The line at the end.
    mutating func footer() throws(ZoneFileError) -> String {
        guard rest.first == UInt8(ascii: "\n"), rest.last == UInt8(ascii: "\n"), rest.count >= 2 else {
            throw .truncated
        }
        return String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)
    }

    mutating func skip(_ count: Int) throws(ZoneFileError) {
        guard rest.count >= count else { throw .truncated }
        rest = rest.dropFirst(count)
    }

    /// A signed number, the most significant byte first.
    private mutating func number(_ size: Int) throws(ZoneFileError) -> Int {
        guard rest.count >= size else { throw .truncated }
        let bytes = rest.prefix(size)
        rest = rest.dropFirst(size)
        let start = Int64(bytes.first.map { Int8(bitPattern: $0) } ?? 0)
        return Int(bytes.dropFirst().reduce(start) { $0 << 8 | Int64($1) })
    }
}
