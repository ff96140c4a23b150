public import JSONText

/// An operation as a document, from which another process can take it up.
///
/// The addresses of progress may be signed, and so let who reads them read progress: keep the document as private as
/// the names of resources.
extension LongRunningOperation {
    private static let version = 1

    /// What has to be kept; `nil` once there is nothing more to ask.
    public var json: JSON? {
        guard case .ask = step else { return nil }
        return .compact([
            "version": JSON(Self.version),
            "method": .string(method.rawValue),
            "resource": .string(resource.text),
            "finalState": .string(finalState.rawValue),
            "monitor": .string(monitor.kind),
            "address": monitor.address.map { .string($0.text) },
            "location": location.map { .string($0.text) },
        ])
    }

    /// Takes up an operation that was kept; it asks at once.
    ///
    /// `nil` where the document is no such operation, or was written by a newer version.
    ///
    /// - Parameters:
    ///   - document: What ``json`` gave.
    ///   - pace: How often to look, where Azure does not say.
    public init?(json document: JSON, pace: PollingPace = PollingPace()) {
        func address(_ name: String) -> WebAddress? { document[name]?.string.flatMap { WebAddress($0) } }
        guard document["version"]?.integer == Self.version,
            let method = document["method"]?.string.flatMap(AzureRequest.Method.init),
            let resource = address("resource"),
            let finalState = document["finalState"]?.string.flatMap(FinalState.init),
            let monitor = document["monitor"]?.string.flatMap({ Monitor(kind: $0, address: address("address")) })
        else { return nil }
        let addresses = [monitor.address, address("location")].compactMap { $0 }
        guard addresses.allSatisfy(resource.covers) else { return nil }
        self.init(
            resuming: monitor,
            of: method,
            at: resource,
            location: address("location"),
            finalState: finalState,
            pace: pace
        )
    }
}

extension LongRunningOperation.Monitor {
    fileprivate var kind: String {
        switch self {
        case .status: "status"
        case .location: "location"
        case .resource: "resource"
        case .result: "result"
        case .absence: "absence"
        }
    }

    fileprivate init?(kind: String, address: WebAddress?) {
        switch (kind, address) {
        case ("status", let address?): self = .status(address)
        case ("location", let address?): self = .location(address)
        case ("resource", nil): self = .resource
        case ("result", nil): self = .result
        case ("absence", nil): self = .absence
        default: return nil
        }
    }
}
