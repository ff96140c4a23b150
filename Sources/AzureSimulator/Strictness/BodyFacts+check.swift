import JSONText

extension BodyFacts {
    /// What is wrong with a body as far as can be told without the official description of its type.
    func problems(in body: JSON, isWhole: Bool = true) -> [BodyProblem] {
        var problems: [BodyProblem] = []
        for member in body.members ?? [] where !members.contains(member.name) {
            problems.append(BodyProblem(path: member.name, reason: "is not a property of this object"))
        }
        for path in readOnly where body.value(at: path) != nil {
            problems.append(BodyProblem(path: path.description, reason: "is read-only and cannot be set"))
        }
        if isWhole {
            for path in required where body.value(at: path) ?? .null == .null {
                problems.append(BodyProblem(path: path.description, reason: "is required and missing"))
            }
        }
        return problems + typeProblems(in: body) + choiceProblems(in: body)
    }

    /// The members that mean the same everywhere.
    private func typeProblems(in body: JSON) -> [BodyProblem] {
        let kinds: [(PropertyPath, String)] = [
            ("location", "a string"), ("kind", "a string"), ("tags", "an object"), ("tags.*", "a string"),
            ("properties", "an object"), ("sku", "an object"), ("sku.name", "a string"), ("identity", "an object"),
        ]
        return kinds.flatMap { path, kind in
            body.values(at: path).filter { $0 != .null && $0.kind != kind }
                .map { BodyProblem(path: path.description, reason: "is \($0.kind) and must be \(kind)") }
        }
    }

    /// Values that are none of those allowed; some official descriptions leave these open.
    func choiceProblems(in body: JSON) -> [BodyProblem] {
        choices.sorted { $0.key.description < $1.key.description }.flatMap { path, allowed in
            body.values(at: path).filter { !allowed.contains($0.string ?? "") }.map {
                let list = allowed.joined(separator: ", ")
                return BodyProblem(path: path.description, reason: "is \($0.text) and must be one of \(list)")
            }
        }
    }
}
