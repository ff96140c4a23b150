import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What goes on for a while after the request has been answered.
//
// Source: learn.microsoft.com/azure/azure-resource-manager/management/async-operations

extension SimulatedAzure {
    mutating func begin(
        _ work: Operation.Work,
        of target: String,
        _ facts: WriteFacts,
        holds: [String],
        word: String,
        _ call: Call
    ) -> Operation {
        let time = paced(facts.time) * faults.slowness()
        let operation = Operation(
            id: source.guid(),
            work: work,
            target: target,
            start: call.now,
            end: call.now.addingTimeInterval(time),
            holds: holds,
            runningWord: word,
            isDestinedToFail: faults.operationFails()
        )
        operations.begin(operation)
        return operation
    }

    /// Keeps resources busy while the answer to a short write is on its way.
    mutating func occupy(_ keys: [String], until end: Date, _ call: Call) {
        guard end > call.now else { return }
        operations.begin(
            Operation(
                id: source.guid(),
                work: .answer,
                target: keys.first ?? "",
                start: call.now,
                end: end,
                holds: keys,
                runningWord: "InProgress",
                isDestinedToFail: false
            )
        )
    }

    mutating func noteWrite(_ key: String, below parents: [String], until end: Date, _ call: Call) {
        written.append(key)
        journal.noteWrite(of: key, below: parents, from: call.now, to: end)
    }

    /// Lets everything happen whose time has come.
    mutating func settle(at now: Date) {
        for operation in operations.due(at: now) { complete(operation) }
        operations.prune(endedBefore: now.addingTimeInterval(-configuration.operationLifetime.inSeconds))
        providers.settle(at: now)
        for key in deleted.expired(at: now) { deleted.remove(key) }
    }

    private mutating func complete(_ operation: Operation) {
        switch operation.work {
        case .deleteGroup:
            for resource in store.held(by: operation.target) { remove(key: resource.key, at: operation.end) }
            groups[operation.target] = nil
            operations.finish(operation.id, .succeeded)
        case .purge(let kind):
            deleted.remove(DeletedResources.Key(kind: kind, name: operation.target))
            operations.finish(operation.id, .succeeded)
        case .delete:
            remove(key: operation.target, at: operation.end)
            operations.finish(operation.id, .succeeded)
        case .create, .update: completeWrite(operation)
        case .answer: operations.finish(operation.id, .succeeded)
        }
    }

    private mutating func completeWrite(_ operation: Operation) {
        guard let resource = store[operation.target] else {
            return operations.finish(operation.id, .failed(.notFound("ResourceNotFound", "The resource was deleted.")))
        }
        if let refusal = failure(of: operation, resource) {
            store.change(resource.key) { $0.state = .failed }
            operations.finish(operation.id, .failed(refusal))
        } else {
            store.change(resource.key) { $0.state = .succeeded }
            operations.finish(operation.id, .succeeded)
        }
    }

    private mutating func failure(of operation: Operation, _ resource: Resource) -> Refusal? {
        if operation.isDestinedToFail {
            return .conflict("InternalServerError", "The operation failed for reasons of Azure's own.")
        }
        let key = resource.key
        for (ending, failure) in configuration.provisioningFailures.sorted(by: { $0.key < $1.key }) {
            guard key.hasSuffix(ending.lowercased()), failureCounts[ending, default: 0] < failure.times else {
                continue
            }
            failureCounts[ending, default: 0] += 1
            return .conflict(failure.code, failure.message)
        }
        return provisioningProblem(of: resource, at: operation.end)
    }

    // MARK: Asking how it goes

    mutating func address(of operation: Operation, namespace: String, region: String?, _ call: Call) -> OperationAddress
    {
        OperationAddress(
            origin: call.request.origin,
            subscription: configuration.subscription,
            namespace: namespace,
            region: region ?? "global",
            version: call.request.query("api-version") ?? "",
            id: operation.id,
            oddity: faults.oddAddress()
        )
    }

    /// The headers that tell a client where to ask, and when.
    func headers(
        _ form: LongRunningForm,
        _ address: OperationAddress,
        _ operation: Operation,
        _ call: Call
    ) -> HTTPFields {
        var headers = wait(for: operation, at: call.now)
        switch form {
        case .asyncOperation: headers.set("Azure-AsyncOperation", address.text(.status))
        case .location: headers.set("Location", address.text(.result))
        case .both:
            headers.set("Azure-AsyncOperation", address.text(.status))
            headers.set("Location", address.text(.result))
        case .provisioningState: break
        }
        return headers
    }

    /// How long a client should wait: until the end, but not for more than a while.
    private func wait(for operation: Operation, at now: Date) -> HTTPFields {
        let remaining = min(max(operation.end.timeIntervalSince(now), 0), 15)
        var headers = HTTPFields.with(["Retry-After": String(max(1, Int(remaining.rounded(.up))))])
        // Where time is fast a second is too long; some services say it in milliseconds, too.
        if remaining < 1 { headers.set("retry-after-ms", String(max(1, Int(remaining * 1000)))) }
        return headers
    }

    /// Tells how an operation goes.
    func operationAnswer(
        _ form: ManagementRoute.OperationForm,
        _ id: String,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        guard call.request.method == .get else { throw .methodNotAllowed(call.request.method, "operations") }
        guard let operation = operations[id],
            call.now < operation.end.addingTimeInterval(configuration.operationLifetime.inSeconds)
        else { throw .notFound("OperationNotFound", "The operation '\(id)' is unknown, or was over long ago.") }
        switch form {
        case .status: return status(of: operation, call)
        case .result: return try result(of: operation, call)
        }
    }

    private func status(of operation: Operation, _ call: Call) -> AzureResponse {
        var json: JSON = [
            "id": .string(call.request.path), "name": .string(operation.id),
            "startTime": .string(operation.start.formatted(.iso8601)),
        ]
        let status: JSON
        switch operation.outcome {
        case .running:
            status = ["status": .string(operation.runningWord)]
            return AzureResponse(.ok, headers: wait(for: operation, at: call.now), json: json.overlaid(by: status))
        case .succeeded: status = ["status": "Succeeded", "percentComplete": 100]
        case .failed(let refusal):
            let error: JSON = ["code": .string(refusal.code), "message": .string(refusal.message)]
            status = ["status": "Failed", "error": error]
        }
        json = json.overlaid(by: status).overlaid(by: ["endTime": .string(operation.end.formatted(.iso8601))])
        return AzureResponse(.ok, json: json)
    }

    private func result(of operation: Operation, _ call: Call) throws(Refusal) -> AzureResponse {
        switch operation.outcome {
        case .running:
            var headers = wait(for: operation, at: call.now)
            let query = call.request.query("api-version").map { "?api-version=\($0)" } ?? ""
            headers.set("Location", call.request.origin + call.request.path + query)
            return AzureResponse(.accepted, headers: headers)
        case .failed(let refusal): throw refusal
        case .succeeded:
            guard !operation.isDeletion, let resource = store[operation.target] else {
                return AzureResponse(.noContent)
            }
            return AzureResponse(.ok, json: view(resource, call))
        }
    }
}
