public import Settings

/// Who asks for data: an identity, which is what a stack in Azure has, or whoever has the key of an account.
public enum DataCredential: Sendable {
    case identity(TokenCache)
    /// The account's key, in base64.
    case key(SecretValue)
}

extension RetryPolicy {
    /// For reading and writing data while somebody waits for an answer.
    public static let data: RetryPolicy = {
        var policy = RetryPolicy()
        policy.tries = 8
        policy.firstWait = .milliseconds(50)
        policy.longestWait = .seconds(2)
        policy.answerLimit = .seconds(10)
        policy.budget = .seconds(30)
        // Documents: `Retry With`, a write met another one.
        // Source: learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb
        policy.temporaryStatuses.insert(449)
        return policy
    }()
}

/// What became of a write.
public enum WriteOutcome: Sendable, Hashable {
    /// It is there, under this tag.
    case done(tag: String)
    /// Something else is there: it exists already, or it has another tag.
    case conflict
    /// There is nothing to change.
    case missing
}

/// What became of a removal.
public enum RemovalOutcome: Sendable, Hashable {
    case done
    /// What is there has another tag.
    case conflict
    case missing
}
