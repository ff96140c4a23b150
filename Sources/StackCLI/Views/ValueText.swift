import JSONText
import Planning

/// Values of properties as people read them.
struct ValueText {
    /// How many characters a value may have; `nil` for any number.
    let limit: Int?
    /// What stands for an expression; `nil` for its own words.
    var unknown: String?

    /// A name or a path, which may be long where expressions are names.
    func name(_ text: String) -> String {
        let text = text.withoutControls
        // A hostile name may be long; only as much of it is looked at as is shown.
        guard let limit, case let start = text.prefix(2 * limit), start.endIndex < text.endIndex else { return text }
        return "\(start)…"
    }

    func text(_ value: Value) -> String {
        cut(whole(value))
    }

    /// Both sides of a change; where they are long, from shortly before the place where they part.
    func pair(_ old: Value, _ new: Value) -> (old: String, new: String) {
        let (old, new) = (whole(old), whole(new))
        guard let limit, max(old.count, new.count) > limit else { return (old, new) }
        let shared = zip(old, new).prefix { $0 == $1 }.count
        let dropped = max(0, shared - limit / 3)
        return (cut(old, dropping: dropped), cut(new, dropping: dropped))
    }

    private func cut(_ text: String, dropping count: Int = 0) -> String {
        guard let limit, text.count > limit else { return text }
        let rest = (count > 0 ? "…" : "") + text.dropFirst(count)
        return rest.count <= limit + 1 ? rest : "\(rest.prefix(limit))… (\(text.count) characters)"
    }

    private func whole(_ value: Value) -> String {
        spelled(value).withoutControls
    }

    private func spelled(_ value: Value) -> String {
        switch value {
        case .string(let text): JSON.string(text).text
        case .literal(let text): text
        case .expression(let text): unknown ?? text
        case .list(let elements): "[\(elements.map(spelled).joined(separator: ", "))]"
        case .object(let members):
            members.isEmpty
                ? "{}" : "{ \(members.map { "\($0.name): \(spelled($0.value))" }.joined(separator: ", ")) }"
        case .secret(let hidden): hidden.description
        }
    }
}
