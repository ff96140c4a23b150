/// What a file of an archive holds.
package enum FileContents: Sendable, Hashable {
    case bytes([UInt8])
    /// What a file of the machine that builds holds, which is read while the archive is written.
    case copy(of: String)

    package static func text(_ text: String) -> FileContents { .bytes(Array(text.utf8)) }

    /// Hands on the contents piece by piece.
    ///
    /// - Parameters:
    ///   - begin: Is told first how many bytes there are.
    ///   - body: Takes the pieces.
    /// - Throws: What the two throw, ``ArtifactError``.
    package func read(_ begin: (_ size: Int) throws -> Void, _ body: ([UInt8]) throws -> Void) throws {
        switch self {
        case .bytes(let bytes):
            try begin(bytes.count)
            try body(bytes)
        case .copy(let path):
            let file = try SourceFile(path)
            defer { file.close() }
            try begin(file.size)
            try file.forEachPiece(body)
        }
    }
}
