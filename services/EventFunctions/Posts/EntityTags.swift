/// The condition of an `If-Match` or `If-None-Match` header.
///
/// Source: RFC 9110, sections 8.8.3, 13.1.1 and 13.1.2
enum EntityTags: Sendable, Hashable {
    /// `*`: whatever is there.
    case any
    /// Tags in quotes; weak ones begin with `W/`.
    case tags([String])

    /// Reads a header; `nil` where it is written in another way.
    init?(_ header: String) {
        var rest = header.utf8[...]
        Self.skipBlanks(&rest)
        if rest.elementsEqual("*".utf8) {
            self = .any
            return
        }
        var tags: [String] = []
        while !rest.isEmpty {
            guard let tag = Self.takeTag(&rest) else { return nil }
            tags.append(tag)
            Self.skipBlanks(&rest)
            guard rest.isEmpty || rest.popFirst() == UInt8(ascii: ",") else { return nil }
            Self.skipBlanks(&rest)
        }
        guard !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    private static func skipBlanks(_ rest: inout Substring.UTF8View) {
        while rest.first == 0x20 || rest.first == 0x09 { rest.removeFirst() }
    }

    private static func takeTag(_ rest: inout Substring.UTF8View) -> String? {
        let start = rest
        if rest.starts(with: "W/".utf8) { rest.removeFirst(2) }
        guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            return nil
        }
        rest = rest[rest.index(after: end)...]
        return String(start[start.startIndex...end])
    }

    /// Whether a change to what has this tag is allowed; weak tags never say that.
    func allowChange(of tag: String) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains(tag)
        }
    }

    /// Whether a reader has what has this tag.
    func include(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0 == tag || $0 == "W/\(tag)" }
        }
    }
}
