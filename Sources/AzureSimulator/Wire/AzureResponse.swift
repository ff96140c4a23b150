package import HTTPTypes
package import JSONText

/// What the simulator answers, and what becomes of the answer on its way.
package struct AzureResponse: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]
    package var delivery = Delivery.sent
    /// How long the answer takes.
    package var delay = Duration.zero
    /// The console whose new lines follow the body.
    var followed: FollowedConsole?

    /// What becomes of an answer.
    package enum Delivery: Sendable, Hashable {
        case sent
        /// The connection closes and the client learns nothing.
        case dropped
        /// Nothing comes, and the connection stays open.
        case withheld
    }

    package init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a document.
    package init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], json: JSON) {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        self.init(status, headers: headers, body: json.bytes)
    }

    /// The body as a document; `nil` where it is none.
    package var json: JSON? { try? JSON(parsing: body) }

    /// A header by its name.
    package func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }
}

extension HTTPFields {
    /// Sets a header whose name is known to be sound; anything else is left out.
    mutating func set(_ name: String, _ value: String?) {
        guard let name = HTTPField.Name(name) else { return }
        self[name] = value
    }

    /// The headers and one more.
    func adding(_ name: String, _ value: String) -> HTTPFields {
        var headers = self
        headers.set(name, value)
        return headers
    }

    static func with(_ fields: KeyValuePairs<String, String>) -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in fields { headers.set(name, value) }
        return headers
    }
}
