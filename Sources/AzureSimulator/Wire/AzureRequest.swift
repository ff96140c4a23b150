package import HTTPTypes
import JSONText
/// A request as it reaches the simulator, whichever part of Azure it is for.
package struct AzureRequest: Sendable {
    package var method: HTTPRequest.Method
    /// `http` or `https`, as the client believes it to be.
    package var scheme: String
    /// The host with its port, from the `Host` header.
    package var authority: String
    /// The path as it was sent, with its percent escapes.
    package var path: String
    package var query: [QueryItem]
    package var headers: HTTPFields
    package var body: [UInt8]

    /// One name and value of a query, without escapes.
    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    /// Describes a request by its address: `https://management.azure.com/subscriptions?api-version=2022-12-01`.
    package init(_ method: HTTPRequest.Method, _ address: String, headers: HTTPFields = [:], body: [UInt8] = []) {
        var rest = address[...]
        self.scheme = "http"
        self.authority = "localhost"
        if let end = rest.firstRange(of: "://") {
            self.scheme = String(rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            self.authority = String(rest[..<slash])
            rest = rest[slash...]
        }
        let mark = rest.firstIndex(of: "?")
        self.path = String(rest[..<(mark ?? rest.endIndex)])
        self.query = mark.map { Self.pairs(rest[$0...].dropFirst()) } ?? []
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// The pairs of a query or a form: `a=1&b=2`.
    static func pairs(_ text: some StringProtocol) -> [QueryItem] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? plain(parts[1]) : ""
            return QueryItem(name: parts.first.map { plain($0) } ?? "", value: value)
        }
    }

    private static func plain(_ text: some StringProtocol) -> String {
        PercentText.decode(String(text).replacing("+", with: " "))
    }

    /// The first value of a query with this name; names are compared without case.
    func query(_ name: String) -> String? {
        query.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// A header by its name.
    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// The fields of a form in the body.
    var form: [String: String] {
        Dictionary(Self.pairs(String(decoding: body, as: UTF8.self)).map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The parts of the path, without escapes.
    var segments: [String] {
        path.split(separator: "/").map { PercentText.decode(String($0)) }
    }

    /// Where the client believes to be: `http://127.0.0.1:5310`.
    var origin: String { "\(scheme)://\(authority)" }
}

/// Text with percent escapes.
///
/// Source: RFC 3986, section 2.1
enum PercentText {
    /// The text without its escapes; text that is not escaped soundly stays as it is.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) else { return text }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? text
    }
}
