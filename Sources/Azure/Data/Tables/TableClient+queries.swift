import JSONText
import NIOHTTP1

/// Some of the entities that a query is for, and where the others begin.
public struct TablePage: Sendable, Hashable {
    public let entities: [TableEntity]
    public let next: TableContinuation?
}

/// Where a query goes on, in the service's own words.
public struct TableContinuation: Sendable, Hashable {
    public let partition: String
    /// Not every partition that is next has a row that is.
    public let row: String?

    public init(partition: String, row: String?) {
        self.partition = partition
        self.row = row
    }
}

extension TableClient {
    /// The entities that a filter is for, in the order of their keys.
    ///
    /// A page may have fewer than asked for, even none, and still be followed by another.
    /// Source: learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
    ///
    /// - Parameters:
    ///   - filter: Which; all where it is `nil`.
    ///   - limit: How many at most, up to 1,000.
    ///   - start: Where the page before has ended.
    /// - Returns: A page.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    public func query(
        _ filter: TableFilter?,
        limit: Int = 1000,
        after start: TableContinuation? = nil
    ) async throws -> TablePage {
        var fields: [(name: String, value: String)] = [("$top", "\(limit)")]
        if let filter { fields.append(("$filter", filter.text)) }
        if let start { fields.append(("NextPartitionKey", start.partition)) }
        if let row = start?.row { fields.append(("NextRowKey", row)) }
        let answer = try await plane.answer(to: message(.GET, "/\(name)()", query: fields)).response
        guard answer.isSuccess else { throw AzureError(refusal: answer) }
        guard let values = try answer.json()?["value"]?.array else {
            throw AzureError(.unreadable("it is no list of entities"), in: answer)
        }
        let next = answer.headers.first(name: "x-ms-continuation-NextPartitionKey").map { partition in
            TableContinuation(
                partition: partition,
                row: answer.headers.first(name: "x-ms-continuation-NextRowKey")
            )
        }
        return TablePage(entities: values.compactMap { TableEntity($0) }, next: next)
    }
}
