package import JSONText
import Renderers
import StackGraph

// A record as the properties of a version of a template spec: a template that could be deployed, and what it cannot say.
//
// Source: learn.microsoft.com/rest/api/resources/template-spec-versions

extension DeploymentRecord {
    /// The schema that records are written in.
    static let schema = 1

    /// How many bytes a record may have; "2 megabytes" is all that Azure says.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-specs
    package static let sizeLimit = 2_000_000

    /// The parameter that holds what was not known; no secret has an underscore in the name of its parameter.
    static let unknownParameter = "unknown_values"

    /// The properties of a version of a template spec.
    ///
    /// - Throws: ``RecordError`` when the record is too large, or holds what a template must not hold.
    package func properties() throws(RecordError) -> JSON {
        var writing = RecordWriting(group: group)
        var documents: [JSON] = []
        for resource in resources { documents.append(try writing.template(resource)) }
        let template: JSON = [
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": writing.parameters,
            "resources": .array(documents),
        ]
        let properties: JSON = [
            "description": .string("Version \(version) of \(stack)"),
            "mainTemplate": template,
            "metadata": metadata(writing.notes),
        ]
        let size = properties.text.utf8.count
        guard size <= Self.sizeLimit else { throw .tooLarge(bytes: size, limit: Self.sizeLimit) }
        return properties
    }

    private func metadata(_ notes: [JSON]) -> JSON {
        [
            "schema": JSON(Self.schema),
            "version": JSON(version),
            "state": .string(state.rawValue),
            "stack": .string(stack),
            "program": .string(program),
            "author": .string(author),
            "moment": .string(moment),
            "group": .string(group),
            "unfinished": .array(unfinished.map { JSON($0) }),
            "resources": .array(notes),
            "packages": .object(packages.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }),
        ]
    }
}

private struct RecordWriting {
    let group: String
    /// What the template cannot say of each resource.
    private(set) var notes: [JSON] = []
    private var secrets: Set<SecretParameter> = []
    private var hasUnknowns = false
    private var fingerprints: [JSON.Member] = []

    init(group: String) {
        self.group = group
    }

    var parameters: JSON {
        let secrets = secrets.sorted { $0.name < $1.name }.map { secret in
            JSON.Member(
                secret.name,
                ["type": "securestring", "metadata": ["environment": .string(secret.environment)]]
            )
        }
        let unknown: JSON = [
            "type": "object",
            "metadata": ["description": "What only a deployment can tell, by how it is worked out."],
        ]
        let rest = hasUnknowns ? [JSON.Member(DeploymentRecord.unknownParameter, unknown)] : []
        return .object(secrets + rest)
    }

    // MARK: Resources

    mutating func template(_ resource: DesiredResource) throws(RecordError) -> JSON {
        fingerprints = []
        guard let address = TemplateAddress(resource.id, type: resource.type, in: group),
            address.id(in: group) == resource.id,
            case .object(let body) = resource.body,
            !body.contains(where: { TemplateAddress.members.contains($0.name) })
        else { throw .unwritable(resource.id, nil) }
        var members = [
            JSON.Member("type", .string(resource.type.rawValue)),
            JSON.Member("apiVersion", .string(resource.type.apiVersion)),
        ]
        if let scope = address.scope { members.append(.init("scope", plain(scope))) }
        members.append(.init("name", plain(address.name)))
        for member in body { members.append(try template(member, of: resource)) }
        if !resource.needs.isEmpty {
            members.append(.init("dependsOn", .array(resource.needs.sorted().map(plain))))
        }
        note(resource)
        return .object(members)
    }

    private mutating func note(_ resource: DesiredResource) {
        notes.append(
            .compact([
                "node": resource.node.map { .string($0.name) },
                "isProtected": resource.isProtected ? true : nil,
                "fingerprints": fingerprints.isEmpty ? nil : .object(fingerprints),
            ])
        )
    }

    // MARK: Values

    private func plain(_ text: String) -> JSON { .string(TemplateText.plain(text).string) }

    private mutating func template(
        _ member: Value.Member,
        of resource: DesiredResource
    ) throws(RecordError) -> JSON.Member {
        JSON.Member(TemplateText.plain(member.name).string, try template(member.value, of: resource))
    }

    private mutating func template(_ value: Value, of resource: DesiredResource) throws(RecordError) -> JSON {
        switch value {
        case .string(let text): return plain(text)
        case .literal:
            do { return try value.json() } catch { throw .unwritable(resource.id, error) }
        case .expression(let text):
            hasUnknowns = true
            let parameter = TemplateText.quoted(DeploymentRecord.unknownParameter)
            return .string(TemplateText.expression("parameters(\(parameter))[\(TemplateText.quoted(text))]").string)
        case .secret(let hidden): return try template(hidden, of: resource)
        case .list(let elements):
            var values: [JSON] = []
            for element in elements { values.append(try template(element, of: resource)) }
            return .array(values)
        case .object(let members):
            var values: [JSON.Member] = []
            for member in members { values.append(try template(member, of: resource)) }
            return .object(values)
        }
    }

    private mutating func template(_ hidden: HiddenValue, of resource: DesiredResource) throws(RecordError) -> JSON {
        guard let source = hidden.source else { throw .openSecret(resource.id) }
        if hidden.isGiven {
            guard let fingerprint = hidden.fingerprint else { throw .openSecret(resource.id) }
            fingerprints.append(.init(source.name, .string(fingerprint)))
        }
        secrets.insert(source)
        return .string(TemplateText.expression("parameters(\(TemplateText.quoted(source.name)))").string)
    }
}
