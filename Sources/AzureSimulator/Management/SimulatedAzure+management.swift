import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

extension SimulatedAzure {
    static let groupVersions = ["2021-04-01", "2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01"]
    static let subscriptionVersions = ["2016-06-01", "2020-01-01", "2022-12-01"]
    /// The first is what clients use to register providers.
    static let providerVersions = ["2016-02-01"] + groupVersions

    /// Answers what is asked of `management.azure.com`.
    mutating func managementAnswer(_ request: AzureRequest, at now: Date) -> AzureResponse {
        do {
            let caller = try signedIn(request, to: .management, at: now)
            var response = try management(Call(request: request, caller: caller, now: now))
            // How many are left is told with every answer; nobody ever uses them up here.
            let kind = request.method == .get ? "reads" : request.method == .delete ? "deletes" : "writes"
            response.headers.set("x-ms-ratelimit-remaining-subscription-\(kind)", "199")
            return response
        } catch {
            return error.managementResponse
        }
    }

    private mutating func management(_ call: Call) throws(Refusal) -> AzureResponse {
        let method = call.request.method
        switch ManagementRoute(call.request.segments) {
        case .subscriptions:
            try call.version(oneOf: Self.subscriptionVersions, for: "subscriptions")
            return AzureResponse(.ok, json: ["value": [subscriptionJSON]])
        case .subscription(let id):
            try call.version(oneOf: Self.subscriptionVersions, for: "subscriptions")
            try check(subscription: id)
            return AzureResponse(.ok, json: subscriptionJSON)
        case .locations(let id):
            try call.version(oneOf: Self.subscriptionVersions, for: "locations")
            try check(subscription: id)
            return AzureResponse(.ok, json: ["value": .array(configuration.regions.map { regionJSON($0) })])
        case .providers(let id):
            try check(subscription: id)
            return try providers(call)
        case .groups(let id):
            try call.version(oneOf: Self.groupVersions, for: "resourceGroups")
            try check(subscription: id)
            let all = groups.values.sorted { $0.key < $1.key }.map(\.json)
            return page(all, call)
        case .group(let id, let name):
            try call.version(oneOf: Self.groupVersions, for: "resourceGroups")
            try check(subscription: id)
            return try group(name, call)
        case .resources(let scope):
            try call.version(oneOf: Self.groupVersions, for: "resources")
            return try resources(in: scope, call)
        case .provider(let id, let namespace, let isRegistration):
            try check(subscription: id)
            return try provider(namespace, isRegistration: isRegistration, call)
        case .nameCheck(let id, let namespace):
            try check(subscription: id)
            return try nameCheck(namespace, call)
        case .operation(let form, let id): return try operationAnswer(form, id, call)
        case .deletedResources(let kind, let name, let isPurge):
            return try deletedAnswer(kind, name, isPurge: isPurge, call)
        case .resource(let identifier): return try resource(identifier, call)
        case .collection(let scope, let type):
            guard method == .get else { throw .methodNotAllowed(method, type) }
            return try collection(of: type, in: scope, call)
        case .action(let identifier, let name): return try childrenOrAction(identifier, name, call)
        case .unknown:
            throw .notFound("InvalidRequestUri", "The path '\(call.request.path)' names nothing that can be asked for.")
        }
    }

    private var subscriptionJSON: JSON {
        [
            "id": .string("/subscriptions/\(configuration.subscription)"),
            "subscriptionId": .string(configuration.subscription), "tenantId": .string(configuration.tenant),
            "displayName": "Simulated", "state": "Enabled",
        ]
    }

    // Source: learn.microsoft.com/rest/api/resources/subscriptions/list-locations
    private func regionJSON(_ region: String) -> JSON {
        [
            "id": .string("/subscriptions/\(configuration.subscription)/locations/\(region)"),
            "name": .string(region), "displayName": .string(Region.displayName(region)), "type": "Region",
        ]
    }

    func check(subscription: String?) throws(Refusal) {
        guard let subscription, subscription.lowercased() == configuration.subscription.lowercased() else {
            let name = subscription ?? ""
            throw .notFound("SubscriptionNotFound", "The subscription '\(name)' could not be found.")
        }
    }

    /// Checks that the caller may do something.
    func authorize(_ action: String, on scope: String, _ call: Call) throws(Refusal) {
        guard !access.allows(.management(action), by: call.caller.objectID, on: scope, at: call.now) else { return }
        throw Refusal(
            .forbidden,
            "AuthorizationFailed",
            """
            The client '\(call.caller.clientID)' with object id '\(call.caller.objectID)' does not have authorization \
            to perform action '\(action)' over scope '\(scope)' or the scope is invalid. If access was recently \
            granted, please refresh your credentials.
            """
        )
    }

    /// A page of a list.
    ///
    /// Source: github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/resource-api-reference.md#get-resource
    func page(_ items: [JSON], _ call: Call) -> AzureResponse {
        let first = call.request.query("$skiptoken").flatMap { Int($0) } ?? 0
        let size = max(1, min(configuration.pageSize, call.request.query("$top").flatMap { Int($0) } ?? .max))
        let start = min(max(first, 0), items.count)
        let end = min(start + size, items.count)
        var list: JSON = ["value": .array(Array(items[start..<end]))]
        if end < items.count {
            let version = call.request.query("api-version") ?? ""
            let next = "\(call.request.origin)\(call.request.path)?api-version=\(version)&$skiptoken=\(end)"
            list = list.overlaid(by: ["nextLink": .string(next)])
        }
        return AzureResponse(.ok, json: list)
    }
}
