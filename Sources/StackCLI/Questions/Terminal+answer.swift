import Dispatch

extension Terminal {
    /// Shows a question on standard error and waits for a line of standard input.
    ///
    /// - Returns: The line; `nil` where the input has ended.
    /// - Throws: `CancellationError` when nobody waits for the answer any more.
    static func answer(to question: String) async throws -> String? {
        error.writeBytes(Array("\(question) ".utf8))
        let (answers, answer) = AsyncStream.makeStream(of: String?.self)
        // Reading blocks, which a thread of its own may do. It cannot be stopped; cancelled, nobody listens to it.
        DispatchQueue.global().async {
            answer.yield(input.readLine())
            answer.finish()
        }
        for await line in answers { return line }
        throw CancellationError()
    }
}
