import Messaging

extension Bus {
    /// What the bus did not do, where that was, and what to do next.
    func failure(_ error: MessagingError) -> Failure {
        switch error {
        case .unavailable(let reason):
            Failure("The bus \(name) cannot be used now: \(reason.onOneLine).", remedyOfSilence)
        case .unauthorized:
            Failure("The bus \(name) does not let you do this.", remedyOfRefusal, code: Failure.configuration)
        case .unknownEntity(let path):
            Failure("The bus \(name) has no '\(path.dropFirst(root.count))'.", remedyOfAbsence)
        case .tooLarge: Failure("The bus \(name) refused a message: it is too large, or the queue is full.")
        case .lockLost: Failure("The lock of a message ran out; it is in its queue again. Run the command once more.")
        case .invalidMessage(let reason): Failure("The bus \(name) refused a message: \(reason.onOneLine).")
        case .unexpectedAnswer(let status, let operation):
            Failure("The bus \(name) answered \(status) to \(operation), which nobody expected.")
        }
    }

    private var remedyOfSilence: String {
        switch origin {
        case .local: "See how the broker is with `infra status`, or start the stack with `infra up`."
        case .variable(let variable): "Check the address in \(variable), and whether that bus runs."
        case .azure: "Check the way there (firewall, private endpoint) and who is signed in, and try again."
        }
    }

    // Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-managed-service-identity
    private var remedyOfRefusal: String {
        switch origin {
        case .local:
            "The key in `.slipway/secrets.json` is not that of the broker. Restart the stack: `infra down`, `infra up`."
        case .variable(let variable):
            "The key in \(variable) needs the rights Listen (to look and purge) and Send (to resubmit)."
        case .azure(let namespace):
            "You need the role 'Azure Service Bus Data Owner' on \(namespace); a new role takes minutes to become effective."
        }
    }

    private var remedyOfAbsence: String {
        switch origin {
        case .local: "Another version of the stack may be running: restart it with `infra down` and `infra up`."
        case .variable(let variable): "Declare it there, or check which bus \(variable) names."
        case .azure: "Deploy the stack with `infra up --target azure`."
        }
    }
}
