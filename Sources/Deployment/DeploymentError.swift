/// Why a deployment cannot begin or go on, beside what Azure says.
package enum DeploymentError: Error, Sendable, Hashable {
    /// Somebody else deploys the stack, and did not end in time.
    case locked(by: DeploymentLock.Holder?)
    /// The lease ended while the deployment ran; somebody else may deploy now.
    case lockLost
    /// Somebody interrupted it before its first step.
    case interrupted
    /// Somebody deployed the stack while it was removed.
    case deployedMeanwhile
    case unsoundIdentifier(String)
    /// An operation that another run began goes on for longer than any should.
    case stuck(String, after: Duration)
}
