import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Which providers the subscription uses.
struct ProviderRegistrations: Sendable {
    private var unregistered: Set<String>
    /// When providers that are being registered will be.
    private var registering: [String: Date] = [:]

    init(unregistered: Set<String>) {
        self.unregistered = Set(unregistered.map { $0.lowercased() })
    }

    func isRegistered(_ namespace: String) -> Bool { !unregistered.contains(namespace.lowercased()) }

    func state(_ namespace: String) -> String {
        if isRegistered(namespace) { return "Registered" }
        return registering[namespace.lowercased()] == nil ? "NotRegistered" : "Registering"
    }

    mutating func register(_ namespace: String, until end: Date) {
        guard !isRegistered(namespace), registering[namespace.lowercased()] == nil else { return }
        registering[namespace.lowercased()] = end
    }

    mutating func settle(at now: Date) {
        for (namespace, end) in registering where end <= now {
            registering[namespace] = nil
            unregistered.remove(namespace)
        }
    }
}

extension SimulatedAzure {
    /// How long it takes to register a provider.
    static let registrationTime = Duration.seconds(30)

    // Source: learn.microsoft.com/rest/api/resources/providers
    mutating func provider(
        _ namespace: String,
        isRegistration: Bool,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        try call.version(oneOf: Self.providerVersions, for: "providers")
        let scope = "/subscriptions/\(configuration.subscription)"
        let types = TypeTable.all.types(of: namespace)
        guard let name = types.first?.name.prefix(while: { $0 != "/" }) else {
            throw .notFound("InvalidResourceNamespace", "The resource namespace '\(namespace)' is invalid.")
        }
        switch (call.request.method, isRegistration) {
        case (.get, false): try authorize("\(name)/read", on: scope, call)
        case (.post, true):
            try authorize("\(name)/register/action", on: scope, call)
            providers.register(namespace, until: call.now.addingTimeInterval(paced(Self.registrationTime)))
        default: throw .methodNotAllowed(call.request.method, "providers")
        }
        return AzureResponse(.ok, json: view(String(name), types))
    }

    // Source: learn.microsoft.com/rest/api/resources/providers/list
    func providers(_ call: Call) throws(Refusal) -> AzureResponse {
        try call.version(oneOf: Self.providerVersions, for: "providers")
        try authorize(
            "Microsoft.Resources/subscriptions/providers/read",
            on: "/subscriptions/\(configuration.subscription)",
            call
        )
        return page(TypeTable.all.namespaces.map { view($0, TypeTable.all.types(of: $0)) }, call)
    }

    /// Tells whether a name is free; that of something deleted is not.
    ///
    /// Source: learn.microsoft.com/rest/api/keyvault/vaults/check-name-availability and its like of other providers
    func nameCheck(_ namespace: String, _ call: Call) throws(Refusal) -> AzureResponse {
        guard call.request.method == .post,
            let facts = TypeTable.all.types(of: namespace).first(where: { $0.names.takenCode != nil })
        else { throw .methodNotAllowed(call.request.method, "checkNameAvailability") }
        try call.version(oneOf: facts.versions, for: facts.name)
        let action = "\(facts.namespace)/checkNameAvailability/read"
        try authorize(action, on: "/subscriptions/\(configuration.subscription)", call)
        guard let name = try call.object()["name"]?.string else {
            throw .badRequest("InvalidRequestContent", "The property 'name' is missing.", target: "name")
        }
        guard isTaken(name, facts) else { return AzureResponse(.ok, json: ["nameAvailable": true]) }
        return AzureResponse(
            .ok,
            json: [
                "nameAvailable": false, "reason": "AlreadyExists",
                "message": .string("The name '\(name)' is already in use."),
            ]
        )
    }

    private func isTaken(_ name: String, _ facts: TypeFacts) -> Bool {
        let isStrange = configuration.takenNames.contains { $0.lowercased() == "\(facts.name)/\(name)".lowercased() }
        let isDeleted = facts.kind == .vault && deleted[.vault, name] != nil
        return isStrange || isDeleted || store.resource(facts.name, named: name) != nil
    }

    private func view(_ name: String, _ types: [TypeFacts]) -> JSON {
        let offered = types.map { facts -> JSON in
            [
                "resourceType": .string(String(facts.name.dropFirst(name.count + 1))),
                "apiVersions": .array(facts.versions.map { .string($0) }),
                "locations": .array(configuration.regions.map { .string(Region.displayName($0)) }),
            ]
        }
        return [
            "id": .string("/subscriptions/\(configuration.subscription)/providers/\(name)"),
            "namespace": .string(name), "registrationState": .string(providers.state(name)),
            "resourceTypes": .array(offered),
        ]
    }
}
