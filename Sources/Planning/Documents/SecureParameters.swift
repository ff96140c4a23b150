import Renderers

/// The parameters whose values nobody may see, in whichever file they stand.
enum SecureParameters {
    /// The names that the templates of a format call secure.
    static func names(in files: [ReadFile]) -> Set<String> {
        files.reduce(into: []) { names, file in
            switch file.reading {
            case .things(let things):
                names.formUnion(things.filter { $0.id.kind == .parameter && $0.isSecure }.map(\.id.name))
            case .lines: break
            case .failure: names.formUnion(suspects(in: file.file.contents))
            }
        }
    }

    /// Every parameter of a file that cannot be read and speaks of secrets: better too many than one too few.
    private static func suspects(in text: String) -> [String] {
        guard text.lowercased().contains("secure") else { return [] }
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return ["defaultValue", "value"] + zip(words, words.dropFirst()).filter { $0.0 == "param" }.map { String($0.1) }
    }

    static func hide(_ names: Set<String>, in things: [Thing]) -> [Thing] {
        guard !names.isEmpty else { return things }
        return things.map { thing in
            guard thing.id.kind == .parameter, names.contains(thing.id.name) else { return thing }
            let members = ["default", "defaultValue", "value"]
            return Thing(thing.id, members.reduce(thing.properties) { $0.mapping($1) { $0.hidden } })
        }
    }
}

extension Thing {
    fileprivate var isSecure: Bool {
        let type = properties["type"]?.string?.lowercased() ?? ""
        return properties["secure"] != nil || type == "securestring" || type == "secureobject"
    }
}
