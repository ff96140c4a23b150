import WebFormats

/// Custom properties as they travel in HTTP headers, which hold less than a Swift string does.
///
/// A name of letters, digits, `-`, `_` and `.` and a value of printable ASCII without `"` and `\` go as they are, so
/// that other clients read them. All others are spelt so that the way back is exact:
///
/// - a value becomes `utf-8''` and its percent-encoding (the form of RFC 8187);
/// - a name becomes `utf8-` and its bytes in hexadecimal, because headers ignore case and know no percent-encoding;
///   so do names that HTTP itself uses, and names that differ in nothing but case.
///
/// What already begins like one of the two forms is spelt that way too.
package enum PropertyCoding {
    private static let valueMark = "utf-8''"
    private static let nameMark = "utf8-"

    /// Headers with a meaning of their own, in lower case; no custom property may be called so.
    package static let reserved: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age", "allow",
        "alt-svc", "authorization", "brokerproperties", "cache-control", "connection", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-range",
        "content-security-policy", "content-type", "cookie", "date", "etag", "expect", "expires", "forwarded", "from",
        "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive",
        "last-modified", "link", "location", "max-forwards", "nel", "origin", "pragma", "prefer",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "range", "referer", "report-to",
        "retry-after", "server", "set-cookie", "strict-transport-security", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent", "vary", "via", "warning", "www-authenticate", "x-ms-retrypolicy",
    ]

    /// The properties as names and unquoted values, sorted by name.
    package static func encode(_ properties: [String: String]) -> [(name: String, value: String)] {
        let spellings = Dictionary(grouping: properties.keys) { $0.lowercased() }
        return properties.sorted { $0.key < $1.key }.map { name, value in
            let isUnique = spellings[name.lowercased()]?.count == 1
            return (isUnique && isPlain(name: name) ? name : nameMark + name.utf8.hexadecimal, encode(value: value))
        }
    }

    package static func encode(value: String) -> String {
        let isPlain = value.utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        return isPlain && !value.hasPrefix(valueMark) ? value : valueMark + PercentEncoding.encode(value)
    }

    package static func decode(name: String) -> String {
        guard name.lowercased().hasPrefix(nameMark) else { return name }
        let bytes = [UInt8](hexadecimal: name.dropFirst(nameMark.count))
        return bytes.flatMap { String(validating: $0, as: UTF8.self) } ?? name
    }

    package static func decode(value: String) -> String {
        guard value.hasPrefix(valueMark) else { return value }
        return PercentEncoding.decode(value.dropFirst(valueMark.count)) ?? value
    }

    private static func isPlain(name: String) -> Bool {
        let isToken = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        let lowercased = name.lowercased()
        return isToken && !name.isEmpty && !lowercased.hasPrefix(nameMark) && !reserved.contains(lowercased)
    }
}
