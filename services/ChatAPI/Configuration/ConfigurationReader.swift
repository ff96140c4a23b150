import JSONText
import ServiceKit
import Settings

/// Reads values from the environment and from files, the strongest first, and collects all that is wrong with them.
///
/// Each value is checked in every place that gives it, so that a mistake does not wait for the day on which a stronger
/// place falls away.
struct ConfigurationReader {
    private let settings: SettingsReader
    private let files: [ConfigurationFile]
    private var known: Set<String> = []
    private var problems: [ConfigurationProblem]

    /// Describes where values come from.
    ///
    /// - Parameters:
    ///   - settings: The environment and its kin, which are stronger than all files.
    ///   - files: The strongest first.
    ///   - problems: What went wrong with the files themselves.
    init(_ settings: SettingsReader, files: [ConfigurationFile], problems: [ConfigurationProblem] = []) {
        self.settings = settings
        self.files = files
        self.problems = problems
    }

    mutating func integer(_ key: String, or setting: Setting<Int>? = nil, in range: ClosedRange<Int>) -> Int? {
        value(
            key,
            setting?.name,
            setting.flatMap { settings.value(of: $0) },
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { json in json.integer.flatMap { range.contains($0) ? $0 : Optional.none } }
    }

    mutating func number(_ key: String, or setting: Setting<Double>? = nil, in range: ClosedRange<Double>) -> Double? {
        value(
            key,
            setting?.name,
            setting.flatMap { settings.value(of: $0) },
            expected: "a number from \(range.lowerBound) to \(range.upperBound)"
        ) { json in json.double.flatMap { range.contains($0) ? $0 : Optional.none } }
    }

    /// A text that another type is made of.
    mutating func text<Value>(
        _ key: String,
        or setting: Setting<String>? = nil,
        expected: String,
        _ read: (String) -> Value?
    ) -> Value? {
        value(
            key,
            setting?.name,
            setting.flatMap { settings.value(of: $0) },
            isText: true,
            expected: expected
        ) { json in json.string.flatMap(read) }
    }

    mutating func text(_ key: String, or setting: Setting<String>? = nil) -> String? {
        text(key, or: setting, expected: "a text") { $0 }
    }

    /// Ends the reading; a key that nobody has asked for is a mistake.
    ///
    /// - Throws: ``ConfigurationError`` with everything that was wrong.
    func check() throws(ConfigurationError) {
        var problems = problems
        for file in files {
            for key in file.values.keys.sorted() where !known.contains(key) {
                let advice = Suggestion.nearest(to: key, among: known).map { ", maybe \($0)" } ?? ""
                problems.append(.init(place: "\(file.name): \(key)", text: "is no key of this service\(advice)"))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    private mutating func value<Value>(
        _ key: String,
        _ variable: String?,
        _ text: String?,
        isText: Bool = false,
        expected: String,
        _ read: (JSON) -> Value?
    ) -> Value? {
        known.insert(key)
        var given: [(place: String, value: JSON)] = []
        if let variable, let text { given.append((variable, isText ? .string(text) : .number(text))) }
        for file in files { if let value = file.values[key] { given.append(("\(file.name): \(key)", value)) } }
        var strongest: Value?
        for (place, value) in given {
            if let value = read(value) {
                strongest = strongest ?? value
            } else {
                problems.append(.init(place: place, text: "must be \(expected)"))
            }
        }
        return strongest
    }
}

/// Finds what somebody may have meant.
enum Suggestion {
    /// The name that takes the fewest changes; `nil` where all take many.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let distances = candidates.map { (name: $0, distance: distance($0, name)) }
        let nearest = distances.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let nearest, nearest.distance <= max(3, name.count / 3) else { return nil }
        return nearest.name
    }

    /// The number of bytes to insert, remove or replace.
    ///
    /// Source: Wagner and Fischer, The String-to-String Correction Problem, 1974.
    private static func distance(_ one: String, _ other: String) -> Int {
        // A key longer than this is no slip of a finger.
        let other = Array(other.utf8.prefix(128))
        var row = Array(0...other.count)
        for (line, byte) in one.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, candidate) in other.enumerated() {
                let replaced = diagonal + (byte == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
