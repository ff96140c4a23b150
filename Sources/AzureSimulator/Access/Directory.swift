#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Everybody who can have roles: clients that were there from the start, and identities that were created.
struct Directory: Sendable {
    struct Principal: Sendable, Hashable {
        let objectID: String
        let clientID: String
        /// When role assignments learn of it.
        let knownFrom: Date
        /// When they learn of it even though they are told what it is.
        let findableFrom: Date
    }

    private var byObject: [String: Principal] = [:]
    private var byClient: [String: Principal] = [:]

    init(_ clients: [SimulatedClient]) {
        for client in clients {
            add(
                Principal(
                    objectID: client.objectID.lowercased(),
                    clientID: client.clientID.lowercased(),
                    knownFrom: .distantPast,
                    findableFrom: .distantPast
                )
            )
        }
    }

    func principal(objectID: String) -> Principal? { byObject[objectID.lowercased()] }

    func principal(clientID: String) -> Principal? { byClient[clientID.lowercased()] }

    mutating func add(_ principal: Principal) {
        byObject[principal.objectID] = principal
        byClient[principal.clientID] = principal
    }

    mutating func remove(objectID: String) {
        guard let principal = byObject.removeValue(forKey: objectID) else { return }
        byClient[principal.clientID] = nil
    }
}
