import Azure
import JSONText
import Planning
package import Renderers

/// Looks for what would make a deployment fail, without writing anything.
package struct Examination: Sendable {
    package struct Finding: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case good
            /// A deployment sees to it itself.
            case warning
            case bad
        }

        package let kind: Kind
        package let text: String
        /// The one thing to do about it.
        package let remedy: String?

        package init(_ kind: Kind, _ text: String, remedy: String? = nil) {
            self.kind = kind
            self.text = text
            self.remedy = remedy
        }
    }

    let session: AzureSession
    let live: LiveStack
    /// The types that the stack needs, each once.
    let types: [ResourceType]

    /// Reads what is there already.
    ///
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, ``Planning/Unresolved``, `CancellationError`.
    package init(of template: ARMTemplate, in session: AzureSession) async throws {
        self.session = session
        self.live = try await LiveStack(reading: template, in: session) { $0.type.depth == 1 && !$0.isExisting }
        self.types = Set(template.resources.filter { !$0.isExisting }.map(\.type)).sorted { $0.rawValue < $1.rawValue }
    }

    /// What was found; a question that Azure does not answer is a finding, too.
    ///
    /// - Throws: ``Azure/CredentialError``, `CancellationError`.
    package func findings() async throws -> [Finding] {
        let questions: [@Sendable () async throws -> [Finding]] = [
            { try await account() }, { place }, { try await providers() }, { try await permissions() },
            { try await names() },
        ]
        return try await questions.concurrentMap { question in
            do {
                return try await question()
            } catch let error as AzureError {
                let problem = DeploymentProblem(error)
                return [Finding(.bad, "\(problem.code): \(problem.message)", remedy: problem.remedy)]
            }
        }
        .flatMap(\.self)
    }

    private func account() async throws -> [Finding] {
        let account = try await SignedInAccount(of: session)
        let source = account.source.map { " by \($0)" } ?? ""
        return [Finding(.good, "Signed in as \(account.name)\(source).")]
    }

    private var place: [Finding] {
        let scope = session.scope
        let group = "The resource group '\(scope.resourceGroup)'"
        return [
            Finding(
                .good,
                "The subscription is '\(session.subscriptionName)' (\(scope.subscription)) of the tenant \(scope.tenant)."
            ),
            Finding(.good, "\(group) is \(session.isDeployed ? "" : "new, and will be ")in \(scope.location)."),
        ]
    }

    // MARK: Permissions

    private static let permissionsVersion = "2022-04-01"

    private func permissions() async throws -> [Finding] {
        let scope = session.isDeployed ? session.group : session.group.parent ?? session.group
        let documents = try await session.plane.list(
            "providers/Microsoft.Authorization/permissions",
            in: scope,
            apiVersion: Self.permissionsVersion
        )
        let permissions = CallerPermissions(documents)
        let group = session.isDeployed ? [] : ["Microsoft.Resources/subscriptions/resourceGroups/write"]
        let actions = group + types.map { "\($0.rawValue)/write" }
        let denied = actions.filter { !permissions.allows($0) }
        guard !denied.isEmpty else {
            return [Finding(.good, "You may write everything that the stack needs, role assignments too.")]
        }
        let roles = denied.filter { $0.hasPrefix("Microsoft.Authorization/") }
        let others = denied.filter { !$0.hasPrefix("Microsoft.Authorization/") }
        return [
            finding(others, role: "'Contributor'", on: scope),
            finding(roles, role: "'Role Based Access Control Administrator' or 'Owner'", on: scope),
        ]
        .compactMap(\.self)
    }

    private func finding(_ denied: [String], role: String, on scope: ResourceIdentifier) -> Finding? {
        guard let first = denied.first else { return nil }
        let more = denied.count > 1 ? " and \(denied.count - 1) more" : ""
        return Finding(
            .bad,
            "You may not do \(first)\(more).",
            remedy: "Have somebody give you the role \(role) on '\(scope)', and sign in again."
        )
    }
}
