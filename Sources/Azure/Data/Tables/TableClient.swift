import JSONText
import NIOHTTP1
import Settings

/// Reads and writes one table of a storage account.
///
/// ```swift
/// let runs = TableClient("runs", at: address, account: "main", credential: .identity(tokens), connection: connection)
/// let outcome = try await runs.insert(TableEntity(key, ["State": .string("new")]))
/// ```
///
/// Source: learn.microsoft.com/rest/api/storageservices/table-service-rest-api
public struct TableClient: Sendable {
    public let name: String
    let plane: DataPlane

    /// Describes a table; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - name: The table's name.
    ///   - server: Where the account's tables are.
    ///   - account: The account's name, which signatures name.
    ///   - credential: Who asks.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    public init(
        _ name: String,
        at server: WebAddress,
        account: String,
        credential: DataCredential,
        connection: AzureConnection,
        policy: RetryPolicy = .data
    ) {
        self.name = name
        self.plane = DataPlane(
            server: server,
            connection: connection,
            policy: policy,
            proof: .tables(of: account, credential)
        )
    }

    /// Makes the table where it is not there yet.
    ///
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`; so do all other requests.
    public func create() async throws {
        let answer = try await plane.answer(to: message(.POST, "/Tables", body: ["TableName": .string(name)]))
        if answer.status == 409, AzureError(refusal: answer.response).has(code: "TableAlreadyExists") { return }
        guard answer.response.isSuccess else { throw AzureError(refusal: answer.response) }
    }

    /// The entity with this key; `nil` where there is none.
    public func entity(_ key: TableKey) async throws -> TableEntity? {
        let answer = try await plane.answer(to: message(.GET, "/\(name)(\(key.path))"))
        if answer.status == 404, AzureError(refusal: answer.response).has(code: "ResourceNotFound") { return nil }
        guard answer.response.isSuccess else { throw AzureError(refusal: answer.response) }
        guard let entity = TableEntity(try answer.response.json() ?? .null, tag: try answer.tag()) else {
            throw AzureError(.unreadable("it is no entity"), in: answer.response)
        }
        return entity
    }

    /// Adds an entity, unless there is one with its key.
    ///
    /// An insert that was cut off counts as done when exactly this entity is there. Who must be told from others that
    /// insert the same gives the entity a property of his own.
    ///
    /// - Returns: ``WriteOutcome/done(tag:)``, or ``WriteOutcome/conflict``.
    public func insert(_ entity: TableEntity) async throws -> WriteOutcome {
        let answer = try await plane.answer(to: message(.POST, "/\(name)", body: entity.json))
        if answer.status == 409, AzureError(refusal: answer.response).has(code: "EntityAlreadyExists") {
            return answer.mayMeetItself ? try await outcome(ofOwn: entity) : .conflict
        }
        guard answer.response.isSuccess else { throw AzureError(refusal: answer.response) }
        return .done(tag: try answer.tag())
    }

    /// Replaces all properties of an entity.
    ///
    /// - Parameters:
    ///   - entity: What shall be there.
    ///   - tag: Only when this is there; `*` for any entity, `nil` also for none.
    /// - Returns: What became of it.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    public func replace(_ entity: TableEntity, ifMatch tag: String?) async throws -> WriteOutcome {
        var message = message(.PUT, "/\(name)(\(entity.key.path))", body: entity.json)
        if let tag { message.headers.add(name: "If-Match", value: tag) }
        let answer = try await plane.answer(to: message)
        switch answer.status {
        case 404 where AzureError(refusal: answer.response).has(code: "ResourceNotFound"): return .missing
        case 412: return answer.mayMeetItself ? try await outcome(ofOwn: entity) : .conflict
        case 200..<300: return .done(tag: try answer.tag())
        default: throw AzureError(refusal: answer.response)
        }
    }

    /// Removes an entity; by default whatever its tag.
    public func delete(_ key: TableKey, ifMatch tag: String = "*") async throws -> RemovalOutcome {
        var message = message(.DELETE, "/\(name)(\(key.path))")
        message.headers.add(name: "If-Match", value: tag)
        let answer = try await plane.answer(to: message)
        switch answer.status {
        case 404 where AzureError(refusal: answer.response).has(code: "ResourceNotFound"):
            return answer.mayMeetItself ? .done : .missing
        case 412: return .conflict
        case 200..<300: return .done
        default: throw AzureError(refusal: answer.response)
        }
    }

    /// Whether what is there is what a try has written that nobody answered.
    private func outcome(ofOwn entity: TableEntity) async throws -> WriteOutcome {
        guard let found = try await self.entity(entity.key), found.properties == entity.properties, let tag = found.tag
        else { return .conflict }
        return .done(tag: tag)
    }

    func message(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        body: JSON? = nil
    ) -> OutgoingRequest {
        var headers: HTTPHeaders = [
            // The first version that takes tokens, by common knowledge; it takes keys as well.
            "x-ms-version": "2020-12-06", "DataServiceVersion": "3.0", "MaxDataServiceVersion": "3.0;NetFx",
            // Only the fullest form says the tag of each entity of a list.
            "Accept": "application/json;odata=fullmetadata",
        ]
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        if method == .POST { headers.add(name: "Prefer", value: "return-no-content") }
        let address = plane.server.appending(path: path, query: query)
        return OutgoingRequest(method, address, headers: headers, body: body?.bytes)
    }
}

extension DataPlane.Proof {
    /// How requests to tables show who sends them.
    ///
    /// Sources: learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key; azure-data-tables
    /// `_authentication.py`
    fileprivate static func tables(of account: String, _ credential: DataCredential) -> Self {
        switch credential {
        case .identity(let tokens):
            return .token(tokens, AzureCloud.public.scope(of: .tables)) { "Bearer \($0.value.unsafeRevealed)" }
        case .key(let key):
            let key = AccountKey(key)
            return .signature { message in
                func header(_ name: String) -> String { message.headers.first(name: name) ?? "" }
                let lines = [
                    message.method.rawValue, header("Content-MD5"), header("Content-Type"), header("x-ms-date"),
                    "/\(account)\(message.address.path)",
                ]
                return "SharedKey \(account):\(key.signature(of: lines.joined(separator: "\n")))"
            }
        }
    }
}
