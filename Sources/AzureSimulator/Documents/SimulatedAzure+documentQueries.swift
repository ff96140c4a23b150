import HTTPTypes
import JSONText

// Lists of documents.

extension SimulatedAzure {
    private static let pageLimit = 1000

    func listDocuments(_ container: Resource, _ call: DocumentCall) throws(Refusal) -> AzureResponse {
        try page(of: container, call) { _ in true }
    }

    func queryDocuments(_ container: Resource, _ call: DocumentCall) throws(Refusal) -> AzureResponse {
        let request = call.request
        guard request.header("Content-Type")?.lowercased().hasPrefix("application/query+json") == true else {
            throw .badRequest("BadRequest", "A query has the content type application/query+json.")
        }
        guard let body = try? JSON(parsing: request.body), let text = body["query"]?.string else {
            throw .badRequest("BadRequest", "The request payload is invalid.")
        }
        let isCrossing = request.header("x-ms-documentdb-query-enablecrosspartition")?.lowercased() == "true"
        let partition = request.header("x-ms-documentdb-partitionkey")
        guard isCrossing || partition != nil else {
            throw .badRequest(
                "BadRequest",
                "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition "
                    + "to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception."
            )
        }
        let query = try DocumentQuery(text, body["parameters"]?.array ?? [], isWithinPartition: partition != nil)
        return try page(of: container, call, query.selects)
    }

    private func page(
        of container: Resource,
        _ call: DocumentCall,
        _ selects: (JSON) -> Bool
    ) throws(Refusal) -> AzureResponse {
        let start = try call.request.header("x-ms-continuation").map { text throws(Refusal) in try Self.start(text) }
        let partition = call.request.header("x-ms-documentdb-partitionkey").flatMap { try? JSON(parsing: $0).text }
        let asked = call.request.header("x-ms-max-item-count").flatMap { Int($0) } ?? 100
        let size = asked < 1 ? Self.pageLimit : min(asked, Self.pageLimit)
        let found = (documents[call.account.key]?.containers[container.key]?.documents ?? [:])
            .filter { key, document in
                document.number > start ?? 0 && partition ?? key.partition == key.partition && selects(document.json)
            }
            .values.sorted { $0.number < $1.number }
        var headers = HTTPFields.with(["x-ms-item-count": "\(min(found.count, size))"])
        if found.count > size { headers.set("x-ms-continuation", Self.continuation(after: found[size - 1].number)) }
        let values = found.prefix(size).map(\.whole)
        return AzureResponse(
            .ok,
            headers: headers,
            json: [
                "_rid": .string(Self.rid(container)), "Documents": .array(values), "_count": JSON(values.count),
            ]
        )
    }

    private static func continuation(after number: Int) -> String {
        JSON.compact(["token": .string("+RID:~rid#RT:1#TRC:\(number)"), "range": ["min": "", "max": "FF"]]).text
    }

    private static func start(_ text: String) throws(Refusal) -> Int {
        let token = (try? JSON(parsing: text))?["token"]?.string ?? ""
        guard token.hasPrefix("+RID:"), let number = Int(token.drop { $0 != "#" }.split(separator: ":").last ?? "")
        else {
            throw .badRequest("BadRequest", "Invalid Continuation Token")
        }
        return number
    }
}

/// A query that one round of the service can answer: all members of documents, by comparisons joined with `AND`.
///
/// Source: learn.microsoft.com/rest/api/cosmos-db/querying-cosmosdb-resources-using-the-rest-api on what goes across
/// partitions
struct DocumentQuery: Sendable {
    private struct Condition: Sendable {
        let path: [String]
        let comparison: String
        let value: JSON
    }

    private static let beyondGateway: Set<String> = ["ORDER", "TOP", "GROUP", "DISTINCT", "OFFSET", "COUNT", "SUM"]

    private let conditions: [Condition]

    init(_ text: String, _ parameters: [JSON], isWithinPartition: Bool) throws(Refusal) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if !isWithinPartition, words.contains(where: { Self.beyondGateway.contains($0.uppercased().keyword) }) {
            var refusal = Refusal.badRequest(
                "BadRequest",
                "The provided cross partition query can not be directly served by the gateway."
            )
            refusal.headers.set("x-ms-substatus", "1004")
            throw refusal
        }
        guard words.count >= 4, words[0].uppercased() == "SELECT", words[1] == "*", words[2].uppercased() == "FROM"
        else { throw Self.invalid(text) }
        let rest = words.dropFirst(4)
        guard let first = rest.first else {
            conditions = []
            return
        }
        guard first.uppercased() == "WHERE" else { throw Self.invalid(text) }
        var conditions: [Condition] = []
        for clause in rest.dropFirst().split(whereSeparator: { $0.uppercased() == "AND" }) {
            let parts = Array(clause)
            let path = (parts.first ?? "").split(separator: ".").map(String.init)
            guard parts.count == 3, path.first == words[3], path.count > 1,
                ["=", "!=", "<", "<=", ">", ">="].contains(parts[1]), let value = Self.value(parts[2], parameters)
            else { throw Self.invalid(text) }
            conditions.append(Condition(path: Array(path.dropFirst()), comparison: parts[1], value: value))
        }
        self.conditions = conditions
    }

    func selects(_ document: JSON) -> Bool {
        conditions.allSatisfy { condition in
            guard let found = condition.path.reduce(JSON?.some(document), { $0?[$1] }) else { return false }
            switch (found, condition.value) {
            case (.string(let one), .string(let other)): return Self.holds(one, condition.comparison, other)
            case (.number, .number):
                return Self.holds(found.double ?? 0, condition.comparison, condition.value.double ?? 0)
            default: return condition.comparison == "=" ? found == condition.value : false
            }
        }
    }

    private static func holds<Value: Comparable>(_ one: Value, _ comparison: String, _ other: Value) -> Bool {
        switch comparison {
        case "=": one == other
        case "!=": one != other
        case "<": one < other
        case "<=": one <= other
        case ">": one > other
        default: one >= other
        }
    }

    private static func value(_ word: String, _ parameters: [JSON]) -> JSON? {
        if word.hasPrefix("@") { return parameters.first { $0["name"]?.string == word }?["value"] }
        return try? JSON(parsing: word.replacing("'", with: "\""))
    }

    private static func invalid(_ text: String) -> Refusal {
        .badRequest("BadRequest", "The simulator reads SELECT * FROM c WHERE c.x = @x AND …, and not: \(text)")
    }
}

extension String {
    /// The letters that it begins with.
    fileprivate var keyword: String { String(prefix(while: \.isLetter)) }
}
