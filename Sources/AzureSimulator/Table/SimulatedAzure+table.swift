import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The data plane of tables, as far as a ledger or a lock needs it.
//
// Source: learn.microsoft.com/rest/api/storageservices/table-service-rest-api

extension SimulatedAzure {
    private static let type = "Microsoft.Storage/storageAccounts/tableServices/tables"

    mutating func tableAnswer(
        _ request: AzureRequest,
        account: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        do {
            guard let call = try storageCall(request, account, "table", at: now) else { return Self.unreachable }
            try Self.checkHeaders(call)
            return try tableAnswer(TableRoute(path), call)
        } catch {
            return error.tableResponse
        }
    }

    /// Refuses what only older versions of the service understand.
    ///
    /// Source: learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations; that tokens need
    /// this version is common knowledge, unchecked.
    private static func checkHeaders(_ call: StorageCall) throws(Refusal) {
        if case .token = call.caller, call.request.header("x-ms-version") ?? "" < "2020-12-06" {
            throw .badRequest("InvalidHeaderValue", "Tokens need x-ms-version 2020-12-06 or newer.")
        }
        if call.request.method != .delete, call.request.header("Accept")?.contains("application/json") != true {
            throw Refusal(.unsupportedMediaType, "AtomFormatNotSupported", "Atom format is not supported.")
        }
    }

    private mutating func tableAnswer(_ route: TableRoute, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        // A merge may hide in a POST.
        let isMerge = call.request.header("X-HTTP-Method")?.uppercased() == "MERGE"
        let method = isMerge ? HTTPRequest.Method.patch : call.request.method
        switch (route, method) {
        case (.tables, .get): return try listTables(call)
        case (.tables, .post): return try createTable(call)
        case (.table(let name), .delete): return try deleteTable(name, call)
        case (.entities(let table), .get): return try query(table, call)
        case (.entities(let table), .post): return try insert(table, call)
        case (.entity(let table, let key), .get): return try read(table, key, call)
        case (.entity(let table, let key), .put): return try update(table, key, isMerge: false, call)
        case (.entity(let table, let key), .patch): return try update(table, key, isMerge: true, call)
        case (.entity(let table, let key), .delete): return try erase(table, key, call)
        default: throw .methodNotAllowed(call.request.method, call.request.path)
        }
    }

    private func scope(_ table: String, _ call: StorageCall) -> ResourceIdentifier {
        call.account.identifier.child("tableServices", "default").child("tables", table)
    }

    private func table(_ name: String, _ call: StorageCall) throws(Refusal) -> TableAccount.Table {
        guard let table = tables[call.account.key]?[name] else {
            throw .notFound("TableNotFound", "The table specified does not exist.")
        }
        return table
    }

    private func body(_ call: StorageCall) throws(Refusal) -> JSON {
        guard call.request.header("Content-Type")?.lowercased().hasPrefix("application/json") == true else {
            throw Refusal(
                .unsupportedMediaType,
                "MediaTypeNotSupported",
                "None of the provided media types are supported."
            )
        }
        guard let json = try? JSON(parsing: call.request.body), json.members != nil else {
            throw .badRequest("InvalidInput", "The request body is not a JSON object.")
        }
        return json
    }

    // MARK: Tables

    private func listTables(_ call: StorageCall) throws(Refusal) -> AzureResponse {
        try permit(.management("\(Self.type)/read"), on: call.account.identifier, call)
        let names = (tables[call.account.key]?.tables.values.map(\.name) ?? []).sorted()
        return AzureResponse(.ok, json: ["value": .array(names.map { ["TableName": .string($0)] })])
    }

    private mutating func createTable(_ call: StorageCall) throws(Refusal) -> AzureResponse {
        let name = try body(call)["TableName"]?.string ?? ""
        try permit(.management("\(Self.type)/write"), on: scope(name, call), call)
        guard let facts = TypeTable.all[Self.type], Self.matches(name, facts.names.pattern) else {
            throw .badRequest("InvalidResourceName", "The specified resource name contains invalid characters.")
        }
        guard tables[call.account.key]?[name] == nil else {
            throw .conflict("TableAlreadyExists", "The table specified already exists.")
        }
        let resource = Resource(
            identifier: scope(name, call),
            facts: facts,
            body: [:],
            state: .succeeded,
            createdAt: call.now,
            changedAt: call.now,
            principalID: source.guid(),
            clientID: source.guid(),
            visibleFrom: call.now
        )
        store.insert(resource)
        tables[call.account.key, default: TableAccount()].add(name)
        written.append(resource.key)
        return created(["TableName": .string(name)], tag: nil, call)
    }

    private mutating func deleteTable(_ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        try permit(.management("\(Self.type)/delete"), on: scope(name, call), call)
        let table = try table(name, call)
        remove(key: scope(table.name, call).key, at: call.now)
        written.append(scope(table.name, call).key)
        return AzureResponse(.noContent)
    }

    private func created(_ json: JSON, tag: String?, _ call: StorageCall) -> AzureResponse {
        let headers = tag.map { HTTPFields.with(["ETag": $0]) } ?? HTTPFields()
        let isQuiet = call.request.header("Prefer") == "return-no-content"
        return isQuiet
            ? AzureResponse(.noContent, headers: headers.adding("Preference-Applied", "return-no-content"))
            : AzureResponse(.created, headers: headers, json: json)
    }

    // MARK: Entities

    private mutating func insert(_ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        try permit(.data("\(Self.type)/entities/add/action"), on: scope(name, call), call)
        let table = try table(name, call)
        let properties = try body(call)
        guard let partition = properties["PartitionKey"]?.string, let row = properties["RowKey"]?.string else {
            throw .badRequest("PropertiesNeedValue", "The values are not specified for all properties in the entity.")
        }
        guard table.entities[TableAccount.Key(partition: partition, row: row)] == nil else {
            throw .conflict("EntityAlreadyExists", "The specified entity already exists.")
        }
        let entity = try keep(properties, name, TableRoute.TableKey(partition: partition, row: row), call)
        return created(entity.json(call, table: table.name), tag: entity.tag, call)
    }

    private func read(_ name: String, _ key: TableRoute.TableKey, _ call: StorageCall) throws(Refusal) -> AzureResponse
    {
        try permit(.data("\(Self.type)/entities/read"), on: scope(name, call), call)
        let entity = try entity(name, key, call)
        return AzureResponse(.ok, headers: .with(["ETag": entity.tag]), json: entity.json(call, table: name))
    }

    private func entity(
        _ name: String,
        _ key: TableRoute.TableKey,
        _ call: StorageCall
    ) throws(Refusal) -> TableAccount.Entity {
        let key = TableAccount.Key(partition: key.partition, row: key.row)
        guard let entity = try table(name, call).entities[key] else {
            throw .notFound("ResourceNotFound", "The specified resource does not exist.")
        }
        return entity
    }

    /// Replaces or merges; without a condition it also creates.
    private mutating func update(
        _ name: String,
        _ key: TableRoute.TableKey,
        isMerge: Bool,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        let condition = call.request.headers[.ifMatch]
        let action = condition == nil ? "write" : "update/action"
        try permit(.data("\(Self.type)/entities/\(action)"), on: scope(name, call), call)
        let old = try table(name, call).entities[TableAccount.Key(partition: key.partition, row: key.row)]
        if let condition {
            guard let old else { throw .notFound("ResourceNotFound", "The specified resource does not exist.") }
            try check(condition, old)
        }
        let given = try body(call)
        let properties = isMerge ? (old?.properties ?? [:]).patched(by: given.withoutNulls) : given
        let entity = try keep(properties, name, key, call)
        return AzureResponse(.noContent, headers: .with(["ETag": entity.tag]))
    }

    private mutating func erase(
        _ name: String,
        _ key: TableRoute.TableKey,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        try permit(.data("\(Self.type)/entities/delete"), on: scope(name, call), call)
        guard let condition = call.request.headers[.ifMatch] else {
            throw .badRequest("MissingRequiredHeader", "The header If-Match is required.")
        }
        try check(condition, try entity(name, key, call))
        tables[call.account.key]?[name]?.entities[TableAccount.Key(partition: key.partition, row: key.row)] = nil
        written.append("\(scope(name, call).key)/\(key.partition)/\(key.row)")
        return AzureResponse(.noContent)
    }

    private func check(_ condition: String, _ entity: TableAccount.Entity) throws(Refusal) {
        guard condition == "*" || condition == entity.tag else {
            throw Refusal(.preconditionFailed, "UpdateConditionNotSatisfied", "The update condition is not satisfied.")
        }
    }

    private mutating func keep(
        _ properties: JSON,
        _ table: String,
        _ key: TableRoute.TableKey,
        _ call: StorageCall
    ) throws(Refusal) -> TableAccount.Entity {
        let keys: JSON = ["PartitionKey": .string(key.partition), "RowKey": .string(key.row)]
        let whole = properties.withoutNulls.removing("Timestamp").overlaid(by: keys)
        try EntityRules.check(whole)
        let size = whole.bytes.count
        // Source: learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
        guard size <= 1024 * 1024 else { throw .badRequest("EntityTooLarge", "An entity has at most 1 MB.") }
        try checkSpace(for: size)
        let stamp = tables[call.account.key, default: TableAccount()].stamp(at: call.now)
        let entity = TableAccount.Entity(properties: whole, stamp: stamp, size: size)
        tables[call.account.key]?[table]?.entities[TableAccount.Key(partition: key.partition, row: key.row)] = entity
        let name = "\(scope(table, call).key)/\(key.partition)/\(key.row)"
        written.append(name)
        journal.noteWrite(of: name, below: [scope(table, call).key], from: call.now, to: call.now)
        return entity
    }

    // MARK: Queries

    private func query(_ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        try permit(.data("\(Self.type)/entities/read"), on: scope(name, call), call)
        let table = try table(name, call)
        let wanted = try call.request.query("$filter").map { text throws(Refusal) in try TableQuery(text) }
        let size = try pageSize(call)
        let start = call.request.query("NextPartitionKey").map {
            TableAccount.Key(partition: $0, row: call.request.query("NextRowKey") ?? "")
        }
        var found: [(key: TableAccount.Key, value: TableAccount.Entity)] = []
        for (key, entity) in table.entities where start.map({ key >= $0 }) ?? true {
            if wanted?.selects(entity) ?? true { found.append((key, entity)) }
        }
        found.sort { $0.key < $1.key }
        var headers = HTTPFields()
        if found.count > size {
            headers.set("x-ms-continuation-NextPartitionKey", found[size].key.partition)
            headers.set("x-ms-continuation-NextRowKey", found[size].key.row)
        }
        let values = found.prefix(size).map { $0.value.json(call, table: name) }
        return AzureResponse(.ok, headers: headers, json: ["value": .array(values)])
    }

    // Source: learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
    private func pageSize(_ call: StorageCall) throws(Refusal) -> Int {
        guard let text = call.request.query("$top") else { return 1000 }
        guard let size = Int(text), (1...1000).contains(size) else {
            throw .badRequest("InvalidInput", "One of the request inputs is not valid: $top.")
        }
        return size
    }
}

extension Refusal {
    /// How tables refuse.
    ///
    /// Source: learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
    var tableResponse: AzureResponse {
        let message: JSON = ["lang": "en-US", "value": .string(self.message)]
        var headers = headers
        headers.set("x-ms-error-code", code)
        return AzureResponse(
            status,
            headers: headers,
            json: ["odata.error": ["code": .string(code), "message": message]]
        )
    }
}
