import Crypto
import JSONText
import Planning
import Renderers
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A plan in a file: what somebody reviewed, to be carried out later exactly so or not at all.
///
/// It holds fingerprints of secrets, and no secret. The digest finds damage and haste, not malice: whoever may write
/// the file may write another digest.
struct SavedPlan: Sendable, Hashable {
    static let version = 1
    private static let format = "slipway-plan"

    let subject: PlanSubject
    /// When it was saved, in ISO 8601.
    let saved: String
    let counts: JSON
    /// The steps in the form of ``PlanJSON``, in the order of their identifiers, with members in the order of names.
    let steps: [JSON]
    /// What tells the values of secrets apart, by name.
    let fingerprints: [String: String]

    /// Takes note of a plan.
    ///
    /// - Parameters:
    ///   - plan: What would be done.
    ///   - subject: Where.
    ///   - date: When the plan was made.
    ///   - fingerprints: What tells the values of secrets apart and does not show them, by name.
    init(_ plan: Plan, of subject: PlanSubject, at date: Date, fingerprints: [String: String]) {
        self.subject = subject
        self.saved = date.ISO8601Format()
        self.counts = PlanJSON.counts(plan)
        self.steps = (PlanJSON.steps(plan).array ?? []).map(\.canonical).sorted { $0.key < $1.key }
        self.fingerprints = fingerprints
    }

    /// Whether it pushes images or publishes packages.
    var bringsCode: Bool {
        let code = ResourceType.allCases.filter(\.isCode).map(\.rawValue)
        return steps.contains { step in step["type"]?.string.map(code.contains) ?? false }
    }

    /// The file, whoever may read the plan may read it: its mode is up to the writer.
    var text: String {
        let members: JSON = [
            "format": .string(Self.format), "version": JSON(Self.version), "saved": .string(saved),
            "subject": subject.json, "counts": counts, "steps": .array(steps), "secrets": secrets,
            "digest": .string(digest),
        ]
        return members.prettyText
    }

    private var secrets: JSON {
        .object(fingerprints.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
    }

    /// The digest over all that matters, which is all but the time: the same plan has the same digest tomorrow.
    var digest: String {
        let matter: JSON = [
            "version": JSON(Self.version), "subject": subject.json, "counts": counts.canonical,
            "steps": .array(steps.map(\.canonical)), "secrets": secrets,
        ]
        let bytes = SHA256.hash(data: Array(matter.text.utf8))
        return "sha256:" + bytes.hexadecimal
    }

    /// Reads a file that somebody saved.
    ///
    /// - Throws: ``SavedPlanError`` for one that is no plan, too new, or not as it was written.
    init(reading text: String) throws(SavedPlanError) {
        guard let file = try? JSON(parsing: text), file["format"]?.string == Self.format,
            let version = file["version"]?.integer
        else { throw .notAPlan }
        guard version <= Self.version else { throw .newer(version) }
        guard let subject = PlanSubject(file["subject"]), let saved = file["saved"]?.string,
            let counts = file["counts"], let steps = file["steps"]?.array, let secrets = file["secrets"]?.members
        else { throw .damaged }
        self.subject = subject
        self.saved = saved
        self.counts = counts
        self.steps = steps
        self.fingerprints = Dictionary(secrets.map { ($0.name, $0.value.string ?? "") }) { first, _ in first }
        guard file["digest"]?.string == digest else { throw .damaged }
    }

    /// Makes sure that it is about this place.
    ///
    /// - Throws: ``SavedPlanError/other(_:saved:wanted:)`` with the first fact that is another one.
    func check(_ wanted: PlanSubject) throws(SavedPlanError) {
        for (mine, yours) in zip(subject.facts, wanted.facts) where mine.value.lowercased() != yours.value.lowercased()
        {
            throw .other(mine.key, saved: mine.value, wanted: yours.value)
        }
    }
}

/// Why a file cannot be carried out as a plan.
enum SavedPlanError: Error, Hashable {
    case notAPlan
    /// It was saved by a newer program, in this version of the form.
    case newer(Int)
    /// It is not what was written.
    case damaged
    /// It is about another stack, stage or place; the first fact that differs.
    case other(String, saved: String, wanted: String)
}

extension PlanSubject {
    init?(_ json: JSON?) {
        guard let json, let stack = json["stack"]?.string, let stage = json["stage"]?.string,
            let tenant = json["tenant"]?.string, let subscription = json["subscription"]?.string,
            let group = json["resourceGroup"]?.string, let location = json["location"]?.string
        else { return nil }
        self.init(
            stack: stack,
            stage: stage,
            scope: DeploymentScope(
                tenant: tenant,
                subscription: subscription,
                resourceGroup: group,
                location: location
            )
        )
    }
}

extension JSON {
    /// The same document with members in the order of their names.
    fileprivate var canonical: JSON {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.canonical) }.sorted { $0.name < $1.name })
        }
    }

    /// The identifier of a step as it is compared.
    fileprivate var key: String { self["id"]?.string?.lowercased() ?? "" }
}
