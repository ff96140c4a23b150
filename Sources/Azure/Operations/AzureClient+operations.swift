public import JSONText
public import Settings

/// How an operation is followed.
public struct OperationOptions: Sendable {
    /// Where its contract says that the result will be.
    public var finalState = FinalState.standard
    public var pace = PollingPace()
    /// How long to follow it. Some never end: github.com/microsoft/azure-container-apps/issues/1731
    public var budget = Duration.seconds(3600)
    /// Is told each time before there is something to wait for, so that it can be kept and taken up again.
    public var onProgress: @Sendable (LongRunningOperation) async throws -> Void = { _ in }

    public init() {}
}

extension AzureClient {
    /// Sends a request, and follows what it starts to the end.
    ///
    /// When the task is cancelled, or the budget is used up, the operation goes on in Azure.
    ///
    /// - Returns: The resource or the result; `nil` where there is none.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`, what `onProgress` throws.
    @discardableResult
    public func perform(_ request: AzureRequest, options: OperationOptions = OperationOptions()) async throws -> JSON? {
        let answer = try await send(request)
        let operation = LongRunningOperation(
            request: request.method,
            at: request.address(on: server),
            finalState: options.finalState,
            pace: options.pace,
            answered: answer
        )
        return try await follow(operation, secrets: request.secrets, options: options)
    }

    /// Follows an operation to its end, whoever has started it.
    ///
    /// - Parameters:
    ///   - operation: Fresh, or taken up from its document.
    ///   - secrets: What the request that started it has carried.
    ///   - options: How to follow it; the pace and the place of the result are the operation's own.
    /// - Returns: The resource or the result; `nil` where there is none.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`, what `onProgress` throws.
    @discardableResult
    public func follow(
        _ operation: LongRunningOperation,
        secrets: [SecretValue] = [],
        options: OperationOptions = OperationOptions()
    ) async throws -> JSON? {
        var operation = operation
        let elapsed = connection.time.stopwatch()
        while true {
            switch operation.step {
            case .finished(let document): return document
            case .failed(let error): throw error
            case .ask(let address, let wait):
                try await options.onProgress(operation)
                guard elapsed() + wait <= options.budget else {
                    let request = "\(operation.method.rawValue) \(operation.resource.path)"
                    throw AzureError(.unfinished(after: options.budget), request: request)
                }
                try await connection.time.pause(for: wait)
                try await look(at: address, for: &operation, secrets: secrets)
            }
        }
    }

    private func look(
        at address: WebAddress,
        for operation: inout LongRunningOperation,
        secrets: [SecretValue]
    ) async throws {
        var request = AzureRequest(.get, .address(address))
        request.secrets = secrets
        do {
            operation.receive(try await answer(to: request))
        } catch let error as AzureError {
            switch error.reason {
            case .unreachable: operation.receive(noAnswer: error)
            case .refused, .ended, .unfinished, .unreadable, .untrusted: throw error
            }
        }
    }
}
