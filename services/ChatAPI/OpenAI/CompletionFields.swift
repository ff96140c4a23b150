import JSONText

/// Reads the fields of a request to OpenAI's API; the first problem ends the reading.
struct CompletionFields {
    private let json: JSON
    private let path: String

    init(_ json: JSON, path: String = "") throws(CompletionError) {
        guard json.members != nil else {
            throw .invalid(path.isEmpty ? nil : path, "must be an object, not \(json.kind)")
        }
        self.json = json
        self.path = path.isEmpty ? "" : "\(path)."
    }

    func text(_ name: String) throws(CompletionError) -> String {
        guard let text = json.given(name)?.string, !text.isEmpty else {
            throw .invalid(path + name, "must be a string, and not empty")
        }
        return text
    }

    func bool(_ name: String) throws(CompletionError) -> Bool? {
        guard let value = json.given(name) else { return nil }
        guard let flag = value.bool else { throw .invalid(path + name, "must be true or false") }
        return flag
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(CompletionError) -> Int? {
        guard let value = json.given(name) else { return nil }
        guard let number = value.wholeNumber, range.contains(number) else {
            throw .invalid(path + name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(CompletionError) -> Double? {
        guard let value = json.given(name) else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw .invalid(path + name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func object(_ name: String) throws(CompletionError) -> CompletionFields? {
        guard let value = json.given(name) else { return nil }
        return try CompletionFields(value, path: path + name)
    }
}
