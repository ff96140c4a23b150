package import JSONText
import Renderers
import StackGraph

extension DeploymentRecord {
    /// Reads the properties of a version of a template spec.
    ///
    /// - Throws: ``RecordError`` when it is no record, or one that a later program wrote.
    package init(properties: JSON) throws(RecordError) {
        let metadata = RecordPart(properties, "properties")["metadata"]
        let schema = try metadata["schema"].integer
        guard schema <= Self.schema else { throw .newerSchema(schema) }
        guard schema == Self.schema else { throw metadata["schema"].failure }
        guard let state = State(rawValue: try metadata["state"].string) else { throw metadata["state"].failure }
        let group = try metadata["group"].string
        var unfinished: [Int] = []
        for part in try metadata["unfinished"].elements { unfinished.append(try part.integer) }
        var packages: [String: String] = [:]
        // Versions of before there were packages have none.
        if metadata["packages"].value != nil {
            for (site, part) in try metadata["packages"].members { packages[site] = try part.string }
        }
        self.init(
            version: try metadata["version"].integer,
            state: state,
            stack: try metadata["stack"].string,
            program: try metadata["program"].string,
            author: try metadata["author"].string,
            moment: try metadata["moment"].string,
            group: group,
            unfinished: unfinished,
            resources: try Self.resources(RecordPart(properties, "properties")["mainTemplate"], metadata, group),
            packages: packages
        )
    }

    private static func resources(
        _ template: RecordPart,
        _ metadata: RecordPart,
        _ group: String
    ) throws(RecordError) -> [DesiredResource] {
        let documents = try template["resources"].elements
        let notes = try metadata["resources"].elements
        guard documents.count == notes.count else { throw metadata["resources"].failure }
        let secrets = try self.secrets(template["parameters"])
        var resources: [DesiredResource] = []
        for (document, note) in zip(documents, notes) {
            resources.append(try resource(document, note, secrets, group))
        }
        return resources
    }

    private static func secrets(_ parameters: RecordPart) throws(RecordError) -> [String: SecretParameter] {
        var secrets: [String: SecretParameter] = [:]
        for (name, parameter) in try parameters.members where parameter["type"].value?.string == "securestring" {
            let environment = try parameter["metadata"]["environment"].string
            secrets[name] = SecretParameter(name: name, environment: environment)
        }
        return secrets
    }

    private static func resource(
        _ document: RecordPart,
        _ note: RecordPart,
        _ secrets: [String: SecretParameter],
        _ group: String
    ) throws(RecordError) -> DesiredResource {
        guard let type = ResourceType(rawValue: try document["type"].string) else { throw document["type"].failure }
        let address = TemplateAddress(
            type,
            name: try document["name"].plainText,
            scope: document["scope"].value == nil ? nil : try document["scope"].plainText
        )
        guard let id = address.id(in: group) else { throw document["name"].failure }
        let reading = RecordReading(secrets: secrets, fingerprints: note["fingerprints"])
        var body: [Value.Member] = []
        for (name, part) in try document.members where !TemplateAddress.members.contains(name) {
            body.append(try reading.member(name, part))
        }
        var needs: Set<String> = []
        if document["dependsOn"].value != nil {
            for part in try document["dependsOn"].elements { needs.insert(try part.plainText) }
        }
        return DesiredResource(
            id: id,
            type: type,
            node: note["node"].value == nil ? nil : ResourceID(try note["node"].string),
            body: .object(body),
            needs: needs,
            isProtected: note["isProtected"].value?.bool ?? false
        )
    }
}

/// Reads the values of a resource of a template.
private struct RecordReading {
    let secrets: [String: SecretParameter]
    let fingerprints: RecordPart

    func member(_ name: String, _ part: RecordPart) throws(RecordError) -> Value.Member {
        guard case .plain(let name) = TemplateText(name) else { throw part.failure }
        return Value.Member(name, try value(part))
    }

    private func value(_ part: RecordPart) throws(RecordError) -> Value {
        switch part.value {
        case .null, .bool, .number: return Value(part.value ?? .null)
        case .string(let string):
            switch TemplateText(string) {
            case .plain(let text): return .string(text)
            case .expression(let text): return try value(ofExpression: text, part)
            }
        case .array:
            var elements: [Value] = []
            for element in try part.elements { elements.append(try value(element)) }
            return .list(elements)
        case .object:
            var members: [Value.Member] = []
            for (name, inner) in try part.members { members.append(try member(name, inner)) }
            return .object(members)
        case nil: throw part.failure
        }
    }

    private func value(ofExpression text: String, _ part: RecordPart) throws(RecordError) -> Value {
        let unknown = "parameters(\(TemplateText.quoted(DeploymentRecord.unknownParameter)))"
        if text.utf8.starts(with: "\(unknown)[".utf8), text.utf8.last == UInt8(ascii: "]") {
            let quoted = String(decoding: text.utf8.dropFirst(unknown.utf8.count + 1).dropLast(), as: UTF8.self)
            guard let text = TemplateText.unquoted(quoted) else { throw part.failure }
            return .expression(text)
        }
        let (start, end) = ("parameters(", ")")
        guard text.utf8.starts(with: start.utf8), text.utf8.last == UInt8(ascii: ")") else { throw part.failure }
        let quoted = String(decoding: text.utf8.dropFirst(start.utf8.count).dropLast(end.utf8.count), as: UTF8.self)
        guard let name = TemplateText.unquoted(quoted), let source = secrets[name] else { throw part.failure }
        let fingerprint = fingerprints.value?[name]?.string.map { Value.string($0) }
        return .secret(HiddenValue(fingerprint, of: source))
    }
}

/// A part of a document, which knows where it stands.
private struct RecordPart {
    let value: JSON?
    private let place: String

    init(_ value: JSON?, _ place: String) {
        self.value = value
        self.place = place
    }

    var failure: RecordError { .unreadable(place) }

    subscript(name: String) -> RecordPart { RecordPart(value?[name], "\(place).\(name)") }

    var string: String { get throws(RecordError) { try some(value?.string) } }
    var integer: Int { get throws(RecordError) { try some(value?.integer) } }

    var elements: [RecordPart] {
        get throws(RecordError) {
            try some(value?.array).enumerated().map { RecordPart($0.element, "\(place)[\($0.offset)]") }
        }
    }

    var members: [(name: String, part: RecordPart)] {
        get throws(RecordError) {
            try some(value?.members).map { ($0.name, RecordPart($0.value, "\(place).\($0.name)")) }
        }
    }

    /// A string that is no expression.
    var plainText: String {
        get throws(RecordError) {
            guard case .plain(let text) = TemplateText(try string) else { throw failure }
            return text
        }
    }

    private func some<Wanted>(_ value: Wanted?) throws(RecordError) -> Wanted {
        guard let value else { throw failure }
        return value
    }
}
