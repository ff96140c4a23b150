import Planning
import Renderers

/// What a workflow of another provider may do to a stack, and which of its tokens are taken.
package struct PipelineAccess: Sendable, Hashable {
    /// What the workflow is for.
    package enum Purpose: Sendable, Hashable {
        /// It deploys the stack.
        case deployments
        /// It reads what is there, to tell what a deployment would change.
        case previews
    }

    package let purpose: Purpose
    /// The name of its identity.
    package let identity: String
    /// Whose tokens are taken: `repo:ada/harbour:environment:production`.
    package let subject: String
    /// Whether its roles hold in the whole subscription, and not in the stack's group alone.
    package let isSubscriptionWide: Bool

    package init(_ purpose: Purpose, identity: String, subject: String, isSubscriptionWide: Bool) {
        self.purpose = purpose
        self.identity = identity
        self.subject = subject
        self.isSubscriptionWide = isSubscriptionWide
    }

    /// Who issues the tokens of GitHub's workflows.
    ///
    /// Source: docs.github.com/actions/reference/security/oidc
    static let issuer = "https://token.actions.githubusercontent.com"
    /// The roles that the purpose needs, and no more.
    package var roles: [PipelineRole] {
        switch purpose {
        case .deployments: [.contributor, .accessAdministrator]
        case .previews: [.reader, .settingsReader]
        }
    }
}

/// A role of a workflow's identity.
///
/// Source of the ids: learn.microsoft.com/azure/role-based-access-control/built-in-roles
package enum PipelineRole: Sendable, Hashable, CaseIterable {
    case contributor
    case reader
    /// Sees the settings of function apps, which Azure's readers do not; of secrets there are only references in them.
    ///
    /// Azure brings no such role along, so that it is defined where it is given.
    case settingsReader
    /// Gives and takes roles, but only those that stacks give, and only to identities of programs.
    case accessAdministrator

    package var name: String {
        switch self {
        case .contributor: "Contributor"
        case .reader: "Reader"
        case .settingsReader: "Slipway Settings Reader"
        case .accessAdministrator: "Role Based Access Control Administrator"
        }
    }

    /// The id of its definition; one of our own belongs to the scope.
    func definition(on scope: String) -> String {
        switch self {
        case .contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c"
        case .reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7"
        case .settingsReader: ARMHash.guid([scope.lowercased(), name])
        case .accessAdministrator: "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
        }
    }

    /// What a role of our own allows; `nil` for those that Azure brings along.
    ///
    /// Source: learn.microsoft.com/azure/role-based-access-control/permissions/web-and-mobile
    var actions: [String]? {
        switch self {
        case .contributor, .reader, .accessAdministrator: nil
        case .settingsReader: ["Microsoft.Web/sites/config/list/action"]
        }
    }

    /// What bounds the role; `nil` where nothing does.
    ///
    /// Without it, whoever may give roles could make itself the owner.
    /// Source: learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
    package var condition: String? {
        switch self {
        case .contributor, .reader, .settingsReader: nil
        case .accessAdministrator:
            Self.clause("write", "Request") + " AND " + Self.clause("delete", "Resource")
        }
    }

    /// The version of the language of conditions.
    static let conditionVersion = "2.0"

    private static func clause(_ verb: String, _ source: String) -> String {
        let assignments = "Microsoft.Authorization/roleAssignments"
        let roles = BuiltInRole.allCases.map(\.identifier).sorted().joined(separator: ", ")
        return """
            ((!(ActionMatches{'\(assignments)/\(verb)'})) OR \
            (@\(source)[\(assignments):RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\(roles)} AND \
            @\(source)[\(assignments):PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))
            """
    }
}
