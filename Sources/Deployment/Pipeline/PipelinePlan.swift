/// What is missing until a workflow may work, in the order of doing it.
package struct PipelinePlan: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case makeGroup(String, location: String)
        case register(provider: String)
        case makeIdentity(String)
        /// Lets tokens with this subject sign in; with the name of the credential that is there and takes others.
        case trust(subject: String, replacing: String?)
        /// Defines a role that Azure does not bring along.
        case define(PipelineRole, on: String)
        /// Gives a role on a scope; or puts right the condition of the assignment with this id.
        case give(PipelineRole, on: String, changing: String?)
    }

    package let steps: [Step]
    /// The identity that is there.
    let identity: PipelineIdentity?
}

/// The identity of a workflow, as it signs in and as it has roles.
package struct PipelineIdentity: Sendable, Hashable {
    package let clientID: String
    package let principalID: String
}
