import HTTPTypes
import NIOHTTP1

extension HTTPRequest {
    /// The request that the head of a message begins.
    ///
    /// - Returns: `nil` for a method that is none.
    init?(_ head: HTTPRequestHead) {
        guard let method = HTTPRequest.Method(head.method.rawValue) else { return nil }
        var fields = HTTPFields()
        fields.reserveCapacity(head.headers.count)
        var authority: String?
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            if name == .host, authority == nil {
                authority = value
            } else {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        self.init(
            method: method,
            scheme: "http",
            authority: authority,
            path: Self.path(in: head.uri),
            headerFields: fields
        )
    }

    /// Takes what stands before the path from a target in absolute form, which servers have to take (RFC 9112, section
    /// 3.2.2).
    private static func path(in target: String) -> String {
        guard target.utf8.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") else { return target }
        let rest = target[scheme.upperBound...]
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[start] == "/" ? String(rest[start...]) : "/\(rest[start...])"
    }
}

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host") ?? .from
}
