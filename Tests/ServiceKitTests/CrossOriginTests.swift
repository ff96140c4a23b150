import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import ServiceKit

struct CrossOriginTests {
    private static let origin = "https://app.example.com"

    @Test func `a page of a named origin may read answers and errors`() async throws {
        try await answering { client in
            for path in ["/fine", "/broken", "/nowhere"] {
                try await client.execute(uri: path, method: .get, headers: [.origin: Self.origin]) { response in
                    #expect(response.headers[.accessControlAllowOrigin] == Self.origin)
                    #expect(response.headers[.vary] == "Origin")
                    #expect(response.headers[.accessControlExposeHeaders]?.contains("X-Model") == true)
                    #expect(response.headers[.accessControlExposeHeaders]?.contains("X-Request-ID") == true)
                    #expect(response.headers[.accessControlAllowCredentials] == nil)
                }
            }
        }
    }

    @Test(arguments: ["https://app.example.com.evil.org", "http://app.example.com", "null", "https://APP.example.com"])
    func `a page of another origin may not`(other: String) async throws {
        try await answering { client in
            try await client.execute(uri: "/fine", method: .get, headers: [.origin: other]) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.accessControlAllowOrigin] == nil)
                // What is kept between must not be given to a page of a named origin.
                #expect(response.headers[.vary] == "Origin")
            }
        }
    }

    @Test(arguments: [true, false])
    func `a browser that asks first is told, and need not ask again soon`(isNamed: Bool) async throws {
        let headers: HTTPFields = [
            .origin: isNamed ? Self.origin : "https://evil.example", .accessControlRequestMethod: "DELETE",
            .accessControlRequestHeaders: "authorization,x-stainless-os",
        ]
        try await answering { client in
            try await client.execute(uri: "/fine", method: .options, headers: headers) { response in
                #expect(response.status == .noContent)
                #expect(response.headers[.accessControlAllowOrigin] == (isNamed ? Self.origin : nil))
                #expect((response.headers[.accessControlAllowMethods]?.contains("DELETE") ?? false) == isNamed)
                #expect(
                    response.headers[.accessControlAllowHeaders] == (isNamed ? "authorization,x-stainless-os" : nil)
                )
                #expect(response.headers[.accessControlMaxAge] == (isNamed ? "7200" : nil))
                #expect(response.headers[.vary]?.contains("Origin") == true)
            }
        }
    }

    @Test func `without a list nothing is said of origins`() async throws {
        try await answering(origins: nil) { client in
            try await client.execute(uri: "/fine", method: .get, headers: [.origin: Self.origin]) { response in
                #expect(response.headers[.accessControlAllowOrigin] == nil)
                #expect(response.headers[.vary] == nil)
            }
        }
    }

    @Test(arguments: [
        "*", "null", "app.example.com", "https://app.example.com/", "https://app.example.com/path", "ftp://a.example",
        "https://*.example.com", "https://u:p@a.example", "https://a.example?x", "https://",
    ])
    func `what is no origin is refused with what one is`(text: String) {
        let error = #expect(throws: SettingsError.self) {
            try CrossOriginPolicy(parsing: "https://good.example,\(text)", from: "ALLOWED_ORIGINS")
        }
        #expect(error?.description.contains("ALLOWED_ORIGINS must be a list of origins") == true)
    }

    @Test func `origins are compared as browsers spell them`() throws {
        let policy = try CrossOriginPolicy(
            parsing: "HTTPS://App.Example.com:443, http://localhost:5173, http://[::1]:3000",
            from: "ALLOWED_ORIGINS"
        )
        #expect(policy.allows("https://app.example.com"))
        #expect(policy.allows("http://localhost:5173"))
        #expect(policy.allows("http://[::1]:3000"))
        #expect(!policy.allows("http://localhost"))
    }

    private func answering(
        origins: String? = origin,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let server = WebServer(
            identity: ServiceIdentity(name: "sample"),
            host: "127.0.0.1",
            port: 0,
            crossOrigin: try origins.map { try CrossOriginPolicy(parsing: $0, from: "ALLOWED_ORIGINS") },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { router in
            router.get("fine") { _, _ in Response(status: .ok) }
            router.get("broken") { _, _ -> Response in throw APIError(.badGateway, code: "broken", message: "Broken.") }
        }
        try await server.application.test(.router) { try await test($0) }
    }
}
