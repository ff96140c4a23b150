import Hummingbird
import ServiceKit

/// Which page of a list somebody wants.
struct PageQuery: Sendable, Hashable {
    let limit: Int
    /// Where the page before has ended, in the words that it has given.
    let start: String?

    /// Reads `?limit=&after=`.
    ///
    /// - Throws: `APIError` with status 400 and all problems.
    init(_ request: Request, upTo most: Int, usually usual: Int) throws(APIError) {
        let fields = request.uri.queryParameters
        let limit = fields.get("limit").map { Int($0) } ?? usual
        guard let limit, (1...most).contains(limit) else {
            throw Self.invalid(.init(field: "limit", problem: "must be a number from 1 to \(most)"))
        }
        self.limit = limit
        self.start = fields.get("after")
    }

    static let unknownStart = invalid(.init(field: "after", problem: "must be what a page before has given as next"))

    private static func invalid(_ problem: APIError.Detail) -> APIError {
        APIError(.badRequest, code: "invalid_query", message: "The query has a problem.", details: [problem])
    }
}
