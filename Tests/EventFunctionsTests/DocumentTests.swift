import Contracts
import JSONText
import ServiceKit
import Settings
import Testing

@testable import EventFunctions

/// The OpenAPI document against the functions that there are.
struct DocumentTests {
    @Test func `every route is in the document, and nothing else is`() throws {
        let document = try JSON(parsing: PackageResources.openapi_json)
        let methods: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
        let described = (document["paths"]?.members ?? []).flatMap { path in
            (path.value.members ?? []).filter { methods.contains($0.name) }.map { "\($0.name) \(path.name)" }
        }
        let contract = [
            EventSettings.acceptEvent, EventSettings.acceptEvents, EventSettings.createSchedule,
            EventSettings.listSchedules, EventSettings.getSchedule, EventSettings.deleteSchedule,
            EventSettings.listPosts, EventSettings.createPost, EventSettings.readPost, EventSettings.replacePost,
            EventSettings.deletePost,
        ]
        let ofEveryService = ["get /health", "get /ready", "get /metrics", "get /openapi.json"]
        #expect(
            described.sorted()
                == (contract.map { "\($0.method.rawValue.lowercased()) /api/\($0.route)" } + ofEveryService).sorted()
        )
        // A function that is missing from the list above has no other way in either.
        let others: Set<String> = [EventSettings.handleEvent.name, EventSettings.sweepSchedules.name]
        #expect(Set(contract.map(\.name)).union(others) == Set(EventSettings.functions))
    }

    @Test func `the document has the version of the service, and refers to nothing that is not there`() throws {
        let document = try JSON(parsing: PackageResources.openapi_json)
        #expect(document["info"]?["version"]?.string == App.identity.version)
        for reference in Self.references(in: document) {
            let found = reference.dropFirst(2).split(separator: "/").reduce(Optional(document)) { $0?[String($1)] }
            #expect(found != nil, "\(reference)")
        }
    }

    private static func references(in json: JSON) -> [String] {
        switch json {
        case .object(let members):
            members.flatMap { $0.name == "$ref" ? [$0.value.string ?? ""] : references(in: $0.value) }
        case .array(let elements): elements.flatMap { references(in: $0) }
        case .null, .bool, .number, .string: []
        }
    }
}
