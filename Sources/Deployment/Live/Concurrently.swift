extension Sequence where Element: Sendable {
    /// Does the same with each element, several at a time.
    ///
    /// - Parameters:
    ///   - limit: How many at a time.
    ///   - transform: What to do with one.
    /// - Returns: The results, in the order of the elements.
    /// - Throws: What the first that failed threw.
    func concurrentMap<Result: Sendable>(
        atMost limit: Int = 16,
        _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [(Int, Result)] = []
            for (index, element) in enumerated() {
                if index >= limit, let result = try await group.next() { results.append(result) }
                group.addTask { (index, try await transform(element)) }
            }
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
