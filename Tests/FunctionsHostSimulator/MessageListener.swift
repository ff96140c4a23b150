import Messaging

/// Takes messages from a queue for one function, and settles them by what the program answers.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior
struct MessageListener: Sendable {
    let host: FunctionsHostSimulator
    let function: DeployedFunction
    let input: String
    let source: any MessageReceiver

    private static let renewalPause = Duration.seconds(10)

    /// Listens until it is cancelled.
    func listen() async {
        await withTaskGroup(of: Void.self) { group in
            var calls = 0
            while !Task.isCancelled {
                if calls == host.folder.concurrency {
                    await group.next()
                    calls -= 1
                }
                guard let message = try? await source.receive(waitingAtMost: .seconds(30)) else {
                    // A bus that is away is asked again after a moment.
                    try? await Task.sleep(for: .milliseconds(25))
                    continue
                }
                group.addTask { await deliver(message) }
                calls += 1
            }
        }
    }

    private func deliver(_ message: ReceivedMessage) async {
        let payload = host.payload.message(message, input: input, function: function.name)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.renewalPause)) != nil { try? await source.renew(message.lock) }
            }
            do {
                _ = try await host.invoke(function, payload)
                try? await source.complete(message.lock)
            } catch {
                try? await source.abandon(message.lock)
            }
            group.cancelAll()
        }
    }
}
