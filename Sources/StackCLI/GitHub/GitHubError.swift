/// Why GitHub did not do what it was asked for.
enum GitHubError: Error, Equatable {
    /// It answered, and said no; the wait is how long it wants to be left alone.
    case refused(status: Int, message: String, request: String, wait: Duration?)
    case unreachable(request: String, reason: String)
    /// It answered something that this program does not understand.
    case unreadable(request: String)

    /// Whether trying again may help.
    ///
    /// Source: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    var isPassing: Bool {
        switch self {
        case .refused(let status, _, _, let wait): status == 429 || status >= 500 || wait != nil
        case .unreachable: true
        case .unreadable: false
        }
    }

    var askedWait: Duration? {
        if case .refused(_, _, _, let wait) = self { wait } else { nil }
    }
}

extension Failure {
    init(_ error: GitHubError) {
        switch error {
        case .refused(401, let message, let request, _):
            self.init(
                "GitHub refused the token: \(message.onOneLine) (\(request))",
                "Set GITHUB_TOKEN or GH_TOKEN to one that is valid.",
                code: Self.configuration
            )
        case .refused(let status, let message, let request, _):
            self.init(
                "GitHub answered \(status): \(message.onOneLine) (\(request))",
                status == 403 || status == 404
                    ? "Check the name of the repository, and what the token may do." : "Try again later."
            )
        case .unreachable(let request, let reason):
            self.init("GitHub cannot be reached: \(reason.onOneLine) (\(request))", "Try again later.")
        case .unreadable(let request):
            self.init("GitHub's answer cannot be read. (\(request))", "Check GITHUB_API_URL.")
        }
    }
}
