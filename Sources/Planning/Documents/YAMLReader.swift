import Yams

/// Reads one YAML document.
struct YAMLReader {
    /// Aliases can make a short text stand for an endless document.
    private static let nodeLimit = 1_000_000

    private var nodes = 0

    mutating func value(_ text: String) throws(ReadingError) -> Value {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ReadingError(error)
        }
        return try node.map { node throws(ReadingError) in try value(node) } ?? .empty
    }

    private mutating func value(_ node: Node) throws(ReadingError) -> Value {
        nodes += 1
        guard nodes <= Self.nodeLimit else { throw ReadingError("its aliases stand for too much", line: nil) }
        switch node {
        case .scalar(let scalar): return Self.value(scalar)
        case .sequence(let sequence):
            var elements: [Value] = []
            for element in sequence { elements.append(try value(element)) }
            return .list(elements)
        case .mapping(let mapping): return .object(try members(mapping))
        case .alias: throw ReadingError("an alias that stands for nothing", line: node.mark?.line)
        }
    }

    /// The members of a mapping; what `<<` merges stands behind them, and counts where they say nothing.
    private mutating func members(_ mapping: Node.Mapping) throws(ReadingError) -> [Value.Member] {
        var members: [Value.Member] = []
        var merged: [Value.Member] = []
        for (key, node) in mapping {
            guard let name = key.scalar?.string else {
                throw ReadingError("a key that is no text", line: key.mark?.line)
            }
            let value = try value(node)
            if name == "<<", key.scalar?.style == .plain {
                merged += (value.elements ?? [value]).flatMap { $0.members ?? [] }
            } else {
                members.append(.init(name, value))
            }
        }
        var names = Set(members.map(\.name))
        return members + merged.filter { names.insert($0.name).inserted }
    }

    /// A plain word may be a number, a boolean or null; a quoted one is a text.
    ///
    /// Source: yaml.org/spec/1.2.2, section 10.3.2, core schema.
    private static func value(_ scalar: Node.Scalar) -> Value {
        let text = scalar.string
        guard scalar.style == .plain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            let isNumber = text.first.map { "+-.0123456789".contains($0) } == true && Double(text) != nil
            return isNumber ? .literal(text) : .string(text)
        }
    }
}

extension ReadingError {
    fileprivate init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(problem, line: mark.line)
        case .reader(let problem, _, _, _): self.init(problem, line: nil)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            self.init("\(names) stands twice in one mapping", line: context.mark.line)
        case .some, nil: self.init("it is not valid YAML", line: nil)
        }
    }
}
