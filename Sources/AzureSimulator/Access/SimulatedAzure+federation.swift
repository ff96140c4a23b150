import JSONText
import Renderers

// Identities that tokens of other issuers sign in.
//
// Source: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations

extension SimulatedAzure {
    private static let credentialLimit = 20
    private static let subjectLimit = 600

    /// Somebody who signs in at the token endpoint: a client that was there from the start, or an identity.
    func client(_ id: String) -> SimulatedClient? {
        if let client = configuration.clients.first(where: { $0.clientID.lowercased() == id.lowercased() }) {
            return client
        }
        guard let principal = directory.principal(clientID: id),
            let identity = store.all.first(where: { $0.facts.kind == .identity && $0.clientID == principal.clientID })
        else { return nil }
        return SimulatedClient(
            clientID: principal.clientID,
            objectID: principal.objectID,
            federation: federation(of: identity.key),
            roles: []
        )
    }

    private func federation(of identity: String) -> [FederatedTrust] {
        store.held(by: identity).filter { $0.facts.name == TypeFacts.federatedCredential.name }.map { credential in
            let properties = credential.body["properties"] ?? [:]
            return FederatedTrust(
                issuer: properties["issuer"]?.string ?? "",
                subject: properties["subject"]?.string ?? "",
                audience: properties["audiences"]?.array?.first?.string ?? ""
            )
        }
    }

    /// Checks what Azure refuses of a credential although its form is right.
    func checkFederation(_ write: Write) throws(Refusal) {
        let properties = write.given["properties"] ?? [:]
        func refuse(_ words: String, _ target: String) -> Refusal {
            .badRequest("BadRequest", words, target: "properties.\(target)")
        }
        guard properties["audiences"]?.array?.count == 1 else {
            throw refuse("Exactly one audience must be given.", "audiences")
        }
        guard let subject = properties["subject"]?.string, (1...Self.subjectLimit).contains(subject.utf8.count) else {
            throw refuse("The subject must have 1 to \(Self.subjectLimit) characters.", "subject")
        }
        let others = store.held(by: write.identifier.parent?.key ?? "").filter {
            $0.facts.name == TypeFacts.federatedCredential.name && $0.key != write.identifier.key
        }
        let isTaken = others.contains { other in
            other.body["properties"]?["issuer"] == properties["issuer"]
                && other.body["properties"]?["subject"]?.string == subject
        }
        guard !isTaken else {
            throw .conflict("Conflict", "Issuer and subject combination already exists for this Managed Identity.")
        }
        guard others.count < Self.credentialLimit else {
            throw .badRequest(
                "BadRequest",
                "An identity can have \(Self.credentialLimit) federated identity credentials."
            )
        }
    }
}
