import JSONText

/// One thing that is wrong with a body, and where.
struct BodyProblem: Error, Sendable, Hashable {
    var path: String
    var reason: String
}

/// Holds a body against the description of its type.
struct SchemaCheck {
    /// What is written, and by what means.
    enum Purpose {
        case put
        /// A patch leaves out what it does not change.
        case patch
        /// A template may have an expression in the place of any value.
        case template
    }

    /// Longer text is not held against patterns, whose cost grows faster than their text.
    private static let patternLimit = 8192

    let schema: ResourceSchema
    let purpose: Purpose
    /// The name of the resource, which tells the variants of some types apart.
    let name: String

    /// Everything that is wrong, at most a hundred things.
    func problems(in body: JSON) -> [BodyProblem] {
        var problems: [BodyProblem] = []
        var root = schema.root
        if root.discriminator == "name" {
            guard let variant = variant(of: root, named: name) else {
                if case .template = purpose, name.contains("{") { return [] }
                return [BodyProblem(path: "name", reason: "'\(name)' is not a resource of the type \(schema.type)")]
            }
            root = variant
        }
        // The address of the request says what these say.
        for own in ["name", "type", "apiVersion"] { root.properties[own] = nil }
        root.required.removeAll { ["name", "type", "apiVersion"].contains($0) }
        check(body, root, "", &problems)
        return problems
    }

    private func check(_ value: JSON, _ schema: Schema, _ path: String, _ problems: inout [BodyProblem]) {
        guard problems.count < 100 else { return }
        if schema.isReadOnly {
            return problems.append(BodyProblem(path: path, reason: "is read-only and cannot be set"))
        }
        if let reference = schema.reference, let definition = self.schema.definitions[reference] {
            return check(value, definition, path, &problems)
        }
        if case .template = purpose, isExpression(value) { return }
        if value == .null { return }
        if let kind = schema.kind, !matches(value, kind) {
            return problems.append(BodyProblem(path: path, reason: "is \(value.kind) and must be of type \(kind)"))
        }
        if !schema.choices.isEmpty, !schema.choices.contains(value) {
            let choices = schema.choices.map(\.text).joined(separator: ", ")
            problems.append(BodyProblem(path: path, reason: "is \(value.text) and must be one of \(choices)"))
        }
        switch value {
        case .object(let members): check(members, schema, path, &problems)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                for item in schema.items { check(element, item, "\(path)[\(index)]", &problems) }
            }
        case .string(let text): check(text, schema, path, &problems)
        case .number: check(value.double ?? 0, schema, path, &problems)
        case .bool, .null: break
        }
    }

    // MARK: Objects

    private func check(
        _ members: [JSON.Member],
        _ schema: Schema,
        _ path: String,
        _ problems: inout [BodyProblem]
    ) {
        var schema = schema
        if let discriminator = schema.discriminator {
            let choice = members.first { $0.name == discriminator }?.value
            if let choice, let variant = variant(of: schema, named: choice.string ?? "") {
                schema = join(schema, variant)
            } else if choice != nil || isWhole {
                let choices = schema.variants.keys.sorted().joined(separator: ", ")
                let reason = "is \(choice?.text ?? "missing") and must be one of \(choices)"
                return problems.append(BodyProblem(path: Self.join(path, discriminator), reason: reason))
            }
        }
        for member in members {
            let place = Self.join(path, member.name)
            if let property = schema.properties[member.name] {
                check(member.value, property, place, &problems)
                continue
            }
            switch schema.additional {
            case .anything: break
            case .values(let values): check(member.value, values, place, &problems)
            case .nothing: problems.append(BodyProblem(path: place, reason: "is not a property of this object"))
            }
        }
        guard isWhole else { return }
        let given = Set(members.lazy.filter { $0.value != .null }.map(\.name))
        for name in schema.required where !given.contains(name) && !isReadOnly(schema.properties[name]) {
            problems.append(BodyProblem(path: Self.join(path, name), reason: "is required and missing"))
        }
    }

    private func isReadOnly(_ schema: Schema?) -> Bool { schema?.isReadOnly ?? false }

    private var isWhole: Bool {
        switch purpose {
        case .put, .template: true
        case .patch: false
        }
    }

    private func variant(of schema: Schema, named name: String) -> Schema? {
        guard let variant = schema.variants[name] else { return nil }
        return variant.reference.flatMap { self.schema.definitions[$0] } ?? variant
    }

    /// What an object of several shapes has in common, and what one shape adds.
    private func join(_ common: Schema, _ variant: Schema) -> Schema {
        var joined = variant
        joined.properties.merge(common.properties) { own, _ in own }
        joined.required += common.required
        if joined.properties.isEmpty { joined.additional = .anything } else { joined.additional = .nothing }
        return joined
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    // MARK: Plain values

    private func matches(_ value: JSON, _ kind: Schema.Kind) -> Bool {
        switch (kind, value) {
        case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool), (.number, .number): true
        case (.integer, .number(let digits)): Double(digits).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    private func isExpression(_ value: JSON) -> Bool {
        guard let text = value.string else { return false }
        return text.hasPrefix("[") && !text.hasPrefix("[[") && text.hasSuffix("]")
    }

    private func check(_ text: String, _ schema: Schema, _ path: String, _ problems: inout [BodyProblem]) {
        if let lengths = schema.lengths, !lengths.contains(text.count) {
            let limit =
                lengths.upperBound == .max
                ? "at least \(lengths.lowerBound)" : "\(lengths.lowerBound) to \(lengths.upperBound)"
            problems.append(BodyProblem(path: path, reason: "has \(text.count) characters and must have \(limit)"))
        }
        guard let pattern = schema.pattern, text.utf8.count <= Self.patternLimit else { return }
        guard let expression = try? Regex(pattern), text.firstMatch(of: expression) == nil else { return }
        problems.append(BodyProblem(path: path, reason: "must match \(pattern)"))
    }

    private func check(_ number: Double, _ schema: Schema, _ path: String, _ problems: inout [BodyProblem]) {
        if let minimum = schema.minimum, number < minimum {
            problems.append(BodyProblem(path: path, reason: "must be at least \(minimum)"))
        }
        if let maximum = schema.maximum, number > maximum {
            problems.append(BodyProblem(path: path, reason: "must be at most \(maximum)"))
        }
    }
}
