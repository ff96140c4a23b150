import HTTPTypes

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
        let proposed = call.request.header("x-ms-proposed-lease-id")
        switch call.request.header("x-ms-lease-action")?.lowercased() {
        case "acquire":
            let id = try Self.guid(proposed ?? source.guid())
            try lease.acquire(id, seconds: try leaseDuration(call), at: call.now)
            headers.set("x-ms-lease-id", id)
            return AzureResponse(.created, headers: headers)
        case "renew":
            let id = try Self.guid(call.lease ?? "")
            try lease.renew(id, at: call.now)
            headers.set("x-ms-lease-id", id)
            return AzureResponse(.ok, headers: headers)
        case "change":
            let id = try Self.guid(proposed ?? "")
            try lease.change(try Self.guid(call.lease ?? ""), to: id, at: call.now)
            headers.set("x-ms-lease-id", id)
            return AzureResponse(.ok, headers: headers)
        case "release":
            try lease.release(try Self.guid(call.lease ?? ""))
            return AzureResponse(.ok, headers: headers)
        case "break":
            let period = call.request.header("x-ms-lease-break-period").flatMap { Int($0) }
            guard period.map({ (0...60).contains($0) }) ?? true else { throw Self.badHeader("x-ms-lease-break-period") }
            headers.set("x-ms-lease-time", "\(try lease.breakOff(after: period, at: call.now))")
            return AzureResponse(.accepted, headers: headers)
        default: throw Self.badHeader("x-ms-lease-action")
        }
    }

    /// The seconds of a new lease; `nil` for one that never ends.
    private func leaseDuration(_ call: StorageCall) throws(Refusal) -> Int? {
        let seconds = call.request.header("x-ms-lease-duration").flatMap { Int($0) } ?? 0
        if seconds == -1 { return nil }
        guard (15...60).contains(seconds) else { throw Self.badHeader("x-ms-lease-duration") }
        return seconds
    }

    private static func guid(_ text: String) throws(Refusal) -> String {
        guard UUID(uuidString: text) != nil else { throw badHeader("x-ms-lease-id") }
        return text.lowercased()
    }

    private static func badHeader(_ name: String) -> Refusal {
        .badRequest("InvalidHeaderValue", "The value for the header \(name) is missing or not in the correct format.")
    }

    func leaseHeaders(_ lease: BlobLease, at now: Date) -> HTTPFields {
        let state = lease.state(at: now)
        let isLocked = state == .leased || state == .breaking
        var headers = HTTPFields.with([
            "x-ms-lease-state": state.rawValue, "x-ms-lease-status": isLocked ? "locked" : "unlocked",
        ])
        if state == .leased { headers.set("x-ms-lease-duration", lease.isInfinite ? "infinite" : "fixed") }
        return headers
    }
}
