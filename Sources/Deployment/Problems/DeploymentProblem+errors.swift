package import Azure
import Images
package import Planning

extension DeploymentProblem {
    /// What an error of Azure says, innermost first, and what to do about it.
    package init(_ error: AzureError) {
        let facts = ProblemFacts(error)
        self.init(
            code: facts.code,
            message: facts.message,
            request: error.request,
            requestID: error.requestID,
            correlationID: error.correlationID,
            remedy: Remedy.sentence(for: facts)
        )
    }

    /// Why nobody is signed in, and what to do about it.
    package init(_ error: CredentialError) {
        let facts = ProblemFacts(error)
        self.init(
            code: facts.code,
            message: facts.message,
            request: "sign in to Azure",
            remedy: Remedy.sentence(for: facts)
        )
    }

    /// What any error says; those of Azure say it best.
    package init(_ error: any Error) {
        switch error {
        case let problem as DeploymentProblem: self = problem
        case let error as AzureError: self.init(error)
        case let error as CredentialError: self.init(error)
        case let error as ImageError: self.init(error)
        default:
            self.init(
                code: "\(type(of: error))",
                message: "\(error)",
                request: "",
                remedy: "Run the command again; what is done is not done twice."
            )
        }
    }
}

/// What remedies are chosen and worded by.
struct ProblemFacts: Sendable, Hashable {
    /// The innermost code of a service, or a word for what no service said.
    var code: String
    var message: String
    var status: Int?

    init(code: String, message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    init(_ error: AzureError) {
        switch error.reason {
        case .refused(let said): self.init(said, error, otherwise: "HTTP\(error.status.map(String.init) ?? "")")
        case .ended(let state, let said?): self.init(said, error, otherwise: state)
        case .ended(let state, nil): self.init(code: state, message: "\(error.reason)", error)
        case .unfinished: self.init(code: Self.unfinished, message: "\(error.reason)", error)
        case .unreachable: self.init(code: Self.unreachable, message: "\(error.reason)", error)
        case .unreadable: self.init(code: "UnreadableAnswer", message: "\(error.reason)", error)
        case .untrusted: self.init(code: "UntrustedAddress", message: "\(error.reason)", error)
        }
    }

    static let unfinished = "Unfinished"
    static let unreachable = "Unreachable"
    static let notSignedIn = "NotSignedIn"

    private init(_ said: ServiceError, _ error: AzureError, otherwise code: String) {
        let innermost = said.causes.map(\.code).first { !$0.isEmpty } ?? said.code
        let message = said.causes.map(\.message).first { !$0.isEmpty } ?? said.message
        self.init(code: innermost.isEmpty ? code : innermost, message: message, error)
    }

    private init(code: String, message: String, _ error: AzureError) {
        self.init(code: code, message: message, status: error.status)
    }

    init(_ error: CredentialError) {
        switch error {
        case .unavailable: self.init(code: Self.notSignedIn, message: "\(error)")
        // Its description ends with what to do, which is the remedy's to say.
        case .exhausted(let attempts):
            let tried = attempts.map { "\($0)" }.joined(separator: "; ")
            self.init(code: Self.notSignedIn, message: "there is no way to sign in to Azure (\(tried))")
        case .refused(let source, let said):
            let message = said.messages.first ?? said.code
            let code = message.firstRange(of: "AADSTS").map { start in
                "AADSTS" + message[start.upperBound...].prefix { $0.isNumber }
            }
            self.init(code: code ?? said.code, message: "\(source) was refused: \(message)")
        }
    }

    /// What stands in quotes after some words: `Microsoft.App/containerApps/write` after `action`.
    func quoted(after words: String) -> String? {
        message.firstRange(of: "\(words) '").map { String(message[$0.upperBound...].prefix { $0 != "'" }) }
    }
}
