import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What requests want with leases.
//
// Source: learn.microsoft.com/rest/api/storageservices/lease-blob

extension SimulatedAzure {
    /// Does what a request wants with a lease.
    ///
    /// Source: learn.microsoft.com/rest/api/storageservices/lease-blob
    mutating func lease(
        _ lease: inout BlobLease,
        tag: String,
        _ changedAt: Date,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        var headers = HTTPFields.with(["ETag": tag, "Last-Modified": HTTPMoment.text(changedAt)])
        let request = call.request
        func number(_ name: String) -> Int? { request.header(name).map { Int($0) ?? .min } }
        let words = LeaseAction.Words(
            action: request.header("x-ms-lease-action"),
            lease: call.lease,
            proposed: request.header("x-ms-proposed-lease-id"),
            duration: number("x-ms-lease-duration"),
            breakPeriod: number("x-ms-lease-break-period")
        )
        let action = try LeaseAction(words, naming: { source.guid() }, refusal: Self.badHeader)
        let outcome = try lease.perform(action, at: call.now)
        if let id = outcome.id { headers.set("x-ms-lease-id", id) }
        if let seconds = outcome.seconds { headers.set("x-ms-lease-time", "\(seconds)") }
        return AzureResponse(Self.status(of: action), headers: headers)
    }

    private static func status(of action: LeaseAction) -> HTTPResponse.Status {
        switch action {
        case .acquire: .created
        case .breakOff: .accepted
        case .renew, .change, .release: .ok
        }
    }

    private static func badHeader(_ word: LeaseAction.Word) -> Refusal {
        let name =
            switch word {
            case .action: "x-ms-lease-action"
            case .lease: "x-ms-lease-id"
            case .proposed: "x-ms-proposed-lease-id"
            case .duration: "x-ms-lease-duration"
            case .breakPeriod: "x-ms-lease-break-period"
            }
        return .badRequest(
            "InvalidHeaderValue",
            "The value for the header \(name) is missing or not in the correct format."
        )
    }

    // MARK: Through the management plane

    /// Does what a request wants with the lease of a container; it is the one that the data plane knows.
    ///
    /// Source: learn.microsoft.com/rest/api/storagerp/blob-containers/lease
    mutating func leaseContainer(_ container: Resource, _ call: Call) throws(Refusal) -> AzureResponse {
        let body = try call.object()
        let words = LeaseAction.Words(
            action: body["action"]?.string,
            lease: body["leaseId"]?.string,
            proposed: body["proposedLeaseId"]?.string,
            duration: body["leaseDuration"]?.integer,
            breakPeriod: body["breakPeriod"]?.integer
        )
        let action = try LeaseAction(words, naming: { source.guid() }, refusal: Self.badProperty)
        var lease = lease(of: container)
        let outcome = try lease.perform(action, at: call.now)
        if let account = container.identifier.parent?.parent { blobs[account.key]?[container.name]?.lease = lease }
        noteWrite(container.key, below: [container.identifier.holder], until: call.now, call)
        return AzureResponse(
            .ok,
            json: .compact([
                "leaseId": outcome.id.map { .string($0) },
                "leaseTimeSeconds": outcome.seconds.map { .string("\($0)") },
            ])
        )
    }

    private static func badProperty(_ word: LeaseAction.Word) -> Refusal {
        let name =
            switch word {
            case .action: "action"
            case .lease: "leaseId"
            case .proposed: "proposedLeaseId"
            case .duration: "leaseDuration"
            case .breakPeriod: "breakPeriod"
            }
        // The code is common knowledge, unchecked.
        return .badRequest(
            "InvalidRequestPropertyValue",
            "The value of the property '\(name)' is invalid.",
            target: name
        )
    }

    func lease(of container: Resource) -> BlobLease {
        let account = container.identifier.parent?.parent
        return account.flatMap { blobs[$0.key]?[container.name] }?.lease ?? BlobLease()
    }

    /// How a container tells of its lease.
    func leaseProperties(of container: Resource, at now: Date) -> JSON {
        let lease = lease(of: container)
        let state = lease.state(at: now)
        return .compact([
            "leaseState": .string(state.rawValue.capitalized),
            "leaseStatus": lease.isLocked(at: now) ? "Locked" : "Unlocked",
            "leaseDuration": state == .leased ? (lease.isInfinite ? "Infinite" : "Fixed") : nil,
        ])
    }

    // MARK: Headers

    func leaseHeaders(_ lease: BlobLease, at now: Date) -> HTTPFields {
        let state = lease.state(at: now)
        var headers = HTTPFields.with([
            "x-ms-lease-state": state.rawValue, "x-ms-lease-status": lease.isLocked(at: now) ? "locked" : "unlocked",
        ])
        if state == .leased { headers.set("x-ms-lease-duration", lease.isInfinite ? "infinite" : "fixed") }
        return headers
    }
}
