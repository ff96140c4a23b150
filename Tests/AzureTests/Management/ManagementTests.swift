import JSONText
import NIOHTTP1
import TestInstruments
import Testing

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct ManagementTests {
    private static let site = "/subscriptions/s1/resourceGroups/g/providers/Microsoft.Web/sites/chat"

    private var site: ResourceIdentifier {
        get throws { try #require(ResourceIdentifier(Self.site)) }
    }

    @Test func `resources are read, made, changed, removed and asked`() async throws {
        try await Harness.run(replies: [.json(#"{"name": "chat"}"#)]) { azure in
            let plane = ManagementPlane(try azure.client())
            #expect(try await plane.get(site, apiVersion: "1") == ["name": "chat"])
            #expect(try await plane.put(site, ["a": 1], apiVersion: "1") == ["name": "chat"])
            #expect(try await plane.patch(site, ["b": 2], apiVersion: "1") == ["name": "chat"])
            #expect(try await plane.post("restart", to: site, apiVersion: "1") == ["name": "chat"])
            try await plane.delete(site, apiVersion: "1")
            let lines = azure.server.requests.map { "\($0.line) \($0.body)" }
            #expect(
                lines == [
                    "GET \(Self.site)?api-version=1 ", #"PUT \#(Self.site)?api-version=1 {"a":1}"#,
                    #"PATCH \#(Self.site)?api-version=1 {"b":2}"#, "POST \(Self.site)/restart?api-version=1 ",
                    "DELETE \(Self.site)?api-version=1 ",
                ]
            )
        }
    }

    @Test func `what is not there is no error to read or remove`() async throws {
        try await Harness.run(replies: [.json(404, #"{"error": {"code": "ResourceGroupNotFound"}}"#)]) { azure in
            let plane = ManagementPlane(try azure.client())
            #expect(try await plane.get(site, apiVersion: "1") == nil)
            try await plane.delete(site, apiVersion: "1")
            let error = try await azure.failure { try await plane.put(site, [:], apiVersion: "1") }
            #expect(error.isMissing && error.has(code: "ResourceGroupNotFound"))
        }
    }

    @Test func `groups are made, listed and removed with what they hold`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            switch (request.method, request.path) {
            case ("DELETE", _): .answer(202, [("Location", "/operationresults/1"), ("Retry-After", "15")])
            case (_, "/operationresults/1"): .answer(200)
            case ("GET", "/subscriptions/s1/resourceGroups/g/resources"): .json(#"{"value": [{"name": "chat"}]}"#)
            default: .json(201, #"{"name": "g", "properties": {"provisioningState": "Succeeded"}}"#)
            }
        }
        try await Harness.run(handler) { azure in
            let plane = ManagementPlane(try azure.client())
            let group = try #require(ResourceIdentifier.resourceGroup("g", subscription: "s1"))
            let made = try await plane.putGroup(group, location: "westeurope", tags: ["owner": "me"])
            #expect(made?["name"] == "g")
            #expect(azure.server.requests[0].body == #"{"location":"westeurope","tags":{"owner":"me"}}"#)
            #expect(try await plane.resources(inGroup: group) == [["name": "chat"]])
            try await plane.deleteGroup(group)
            #expect(azure.clock.sleeps == [.seconds(15)])
        }
    }

    // MARK: Registration

    private static let unregistered = #"""
        {"error": {"code": "MissingSubscriptionRegistration", "message": "The subscription is not registered to use \#
        namespace 'Microsoft.Network'."}}
        """#.replacing("\n", with: " ")

    @Test func `a provider is registered, waited for, and the request repeated`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            switch (request.method, request.path) {
            case ("PUT", _): request.index == 0 ? .json(409, Self.unregistered) : .json(#"{"name": "chat"}"#)
            case ("POST", _): .json(#"{"registrationState": "Registering"}"#)
            default: .json(#"{"registrationState": "\#(request.index < 4 ? "Registering" : "Registered")"}"#)
            }
        }
        try await Harness.run(handler) { azure in
            let plane = ManagementPlane(try azure.client())
            #expect(try await plane.put(site, [:], apiVersion: "1") == ["name": "chat"])
            let provider = "/subscriptions/s1/providers/Microsoft.Network"
            let lines = azure.server.requests.map { "\($0.method) \($0.path)" }
            #expect(
                lines == [
                    "PUT \(Self.site)", "POST \(provider)/register", "GET \(provider)", "GET \(provider)",
                    "GET \(provider)", "PUT \(Self.site)",
                ]
            )
            #expect(azure.clock.sleeps == [.seconds(10), .seconds(10)])
            #expect(azure.events.withLock { $0 } == [.registering(provider: "Microsoft.Network")])
            // Azure answers a known id from memory.
            let ids = azure.server.requests.map { $0.headers.first(name: "x-ms-client-request-id") }
            #expect(ids.first != ids.last)
        }
    }

    @Test func `a provider that is never registered is an error`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            request.method == "PUT" ? .json(409, Self.unregistered) : .json(#"{"registrationState": "Registering"}"#)
        }
        try await Harness.run(handler) { azure in
            let plane = ManagementPlane(try azure.client())
            let error = try await azure.failure { try await plane.put(site, [:], apiVersion: "1") }
            #expect(error.reason == .unfinished(after: .seconds(600)))
        }
    }

    @Test(
        arguments: [
            ("MissingSubscriptionRegistration", "no quotes here", 409, "Microsoft.Web" as String?),
            ("MissingSubscriptionRegistration", "namespace '../../x'", 409, "Microsoft.Web"),
            ("missingsubscriptionregistration", "'Microsoft.App'", 409, "Microsoft.App"),
            ("Conflict", "'Microsoft.App'", 409, nil), ("MissingSubscriptionRegistration", "'Microsoft.App'", 400, nil),
        ]
    )
    func `the error names the provider, or the resource does`(
        code: String,
        message: String,
        status: Int,
        provider: String?
    ) {
        let body: JSON = ["error": ["code": .string(code), "message": .string(message)]]
        let error = AzureError(refusal: AzureResponse(status: status, body: body.bytes))
        let request = AzureRequest(.put, .path(Self.site, apiVersion: "1"))
        let registration = ProviderRegistration(neededBy: error, for: request)
        #expect(registration?.provider == provider)
        #expect(registration?.subscription == (provider == nil ? nil : "s1"))
    }

    // MARK: Pages

    @Test func `pages are followed as they are linked`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            switch request.target {
            case "/things?api-version=1":
                .json(#"{"value": [1, 2], "nextLink": "/things?api-version=1&$skiptoken=a%20b"}"#)
            case "/things?api-version=1&$skiptoken=a%20b": .json(#"{"value": [], "nextLink": "/things?page=3"}"#)
            default: .json(#"{"value": [3], "nextLink": ""}"#)
            }
        }
        try await Harness.run(handler) { azure in
            let request = AzureRequest(.get, .path("/things", apiVersion: "1"))
            let things = try await azure.client().list(request)
            #expect(things == [1, 2, 3])
            #expect(azure.server.requests.last?.target == "/things?page=3")
        }
    }

    @Test(
        arguments: [
            (#"{"value": [], "nextLink": "/things?api-version=1"}"#, "its pages lead in a circle"),
            (#"{"items": []}"#, "it is no page of a list"),
            (#"{"value": [], "nextLink": "ftp://x"}"#, "its next page has no address"),
        ]
    )
    func `pages that lead nowhere are an error`(page: String, reason: String) async throws {
        try await Harness.run(replies: [.json(page)]) { azure in
            let request = AzureRequest(.get, .path("/things", apiVersion: "1"))
            let error = try await azure.failure { _ = try await azure.client().list(request) }
            #expect(error.reason == .unreadable(reason))
            #expect(azure.server.requests.count <= 2)
        }
    }

    @Test func `a page on another server is not asked for`() async throws {
        try await Harness.run(replies: [.json(#"{"value": [], "nextLink": "https://evil.example/x"}"#)]) { azure in
            let request = AzureRequest(.get, .path("/things", apiVersion: "1"))
            let error = try await azure.failure { _ = try await azure.client().list(request) }
            #expect(error.reason == .untrusted("https://evil.example"))
        }
    }

    @Test func `a list has a limit`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            .json(#"{"value": [1, 2, 3], "nextLink": "/things?page=\#(request.index)"}"#)
        }
        try await Harness.run(handler) { azure in
            let request = AzureRequest(.get, .path("/things", apiVersion: "1"))
            let error = try await azure.failure { _ = try await azure.client().list(request, atMost: 10) }
            #expect(error.reason == .unreadable("it has more than 10 elements"))
            #expect(azure.server.requests.count == 4)
        }
    }
}
