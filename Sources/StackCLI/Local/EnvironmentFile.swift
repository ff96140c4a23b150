import JSONText
import Settings
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of environment variables, `NAME=value`, one in a line.
///
/// Blanks around names and values do not count, lines that begin with `#` are comments, and of two lines with one name
/// the last counts. A value in double quotes is written as JSON writes text (RFC 8259, section 7), so that it may have
/// several lines or blanks at its ends; quotes that are no such text belong to the value.
struct EnvironmentFile: Sendable {
    private var lines: [[UInt8]]
    private let places: [String: Int]

    init(_ bytes: [UInt8]) {
        self.lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        self.places = Dictionary(
            lines.enumerated().compactMap { index, line in Self.pair(line).map { ($0.name, index) } }
        ) { _, last in last }
    }

    /// The value of a variable; `nil` where the file has none, and an empty one counts as none.
    func value(for name: String) -> SecretValue? {
        places[name].flatMap { Self.pair(lines[$0]) }.map { Self.plain($0.value) }
            .flatMap { $0.isEmpty ? nil : SecretValue($0) }
    }

    /// The bytes of the file with this value for a variable; every other line stays as it is.
    func setting(_ name: String, to value: SecretValue) -> [UInt8] {
        let line = Array("\(name)=\(Self.written(value.unsafeRevealed))".utf8)
        var lines = lines
        if let place = places[name] {
            let ending: [UInt8] = lines[place].last == UInt8(ascii: "\r") ? [UInt8(ascii: "\r")] : []
            lines[place] = line + ending
        } else {
            if lines.last == [] { lines.removeLast() }
            lines += [line, []]
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    // MARK: Lines

    private static func pair(_ line: [UInt8]) -> (name: String, value: ArraySlice<UInt8>)? {
        guard let mark = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = trimmed(line[..<mark])
        guard let first = name.first, first != UInt8(ascii: "#") else { return nil }
        return (String(decoding: name, as: UTF8.self), trimmed(line[(mark + 1)...]))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let start = bytes.drop(while: isBlank)
        return start.prefix((start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex) - start.startIndex)
    }

    private static let quote = UInt8(ascii: "\"")

    private static func plain(_ value: ArraySlice<UInt8>) -> String {
        guard value.first == quote, let text = (try? JSON(parsing: value))?.string else {
            return String(decoding: value, as: UTF8.self)
        }
        return text
    }

    /// A value as it is where it reads back as itself, and in quotes where it does not.
    private static func written(_ value: String) -> String {
        let bytes = Array(value.utf8)
        let isPlain = bytes.first != quote && !bytes.contains { $0 < 0x20 } && trimmed(bytes[...]).count == bytes.count
        return isPlain ? value : JSON.string(value).text
    }
}

extension EnvironmentFile {
    static let path = ".env"

    /// Reads the file of this folder; one that is not there is empty.
    ///
    /// - Throws: ``Failure`` for a file that cannot be read.
    init(at path: String = path) throws(Failure) {
        guard FileManager.default.fileExists(atPath: path) else {
            self.init([])
            return
        }
        guard let data = FileManager.default.contents(atPath: path), String(validating: data, as: UTF8.self) != nil
        else { throw Failure("The file '.env' cannot be read. Mend or remove it.", code: Failure.configuration) }
        self.init(Array(data))
    }

    /// Keeps a value in the file of this folder, readable by its owner alone.
    ///
    /// - Throws: ``Supervisor/StateError`` for a folder that cannot be written.
    static func keep(_ value: SecretValue, as name: String) throws {
        try writeAtomically(try EnvironmentFile().setting(name, to: value), to: path, mode: 0o600)
    }
}
