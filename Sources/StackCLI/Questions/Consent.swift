import Deployment

/// The consent of a person, asked for before something is done that cannot be taken back.
struct Consent: Sendable {
    /// Whether somebody agreed beforehand, with `--yes`.
    let isAgreed: Bool
    /// Whether there is somebody to ask.
    let isInteractive: Bool
    /// Shows a question and reads a line; `nil` where the input has ended.
    let ask: @Sendable (String) async throws -> String?

    /// The exit code where there is nobody to ask: the command was called wrongly.
    private static let usage: Int32 = 64

    /// Makes sure that changes are wanted.
    ///
    /// - Throws: ``Failure`` when they are not, or nobody can say.
    func apply() async throws {
        try await check("Apply these changes? [y/N]", ofNobody: "Review the changes with `infra preview`") {
            ["y", "yes"].contains($0.lowercased())
        }
    }

    /// Makes sure that there is somebody to ask whether changes are wanted, or that it is said already.
    ///
    /// - Throws: ``Failure`` where nobody can say.
    func canBeGiven() throws {
        guard isAgreed || isInteractive else { throw Self.nobody("Review the changes with `infra preview`") }
    }

    private static func nobody(_ advice: String) -> Failure {
        Failure("There is nobody to ask here. \(advice), then run this with --yes.", code: usage)
    }

    /// Makes sure that a stack is to be removed: whoever wants it types its name.
    ///
    /// - Throws: ``Failure`` when it is not, or nobody can say.
    func remove(_ stack: String) async throws {
        try await check("Type '\(stack.onOneLine)' to remove it:", ofNobody: "Look at what would be removed") {
            $0 == stack
        }
    }

    /// Makes sure that something is to be done with messages.
    ///
    /// - Parameters:
    ///   - question: What is to be done, with how many.
    ///   - advice: What to do first where there is nobody to ask.
    /// - Throws: ``Failure`` when it is not, or nobody can say.
    func change(_ question: String, ofNobody advice: String) async throws {
        try await check("\(question) [y/N]", ofNobody: advice) { ["y", "yes"].contains($0.lowercased()) }
    }

    private func check(_ question: String, ofNobody advice: String, _ agrees: (String) -> Bool) async throws {
        if isAgreed { return }
        guard isInteractive else { throw Self.nobody(advice) }
        guard let answer = try await ask(question), agrees(answer.withoutSpaceAround) else {
            throw Failure("Nothing was changed.")
        }
    }
}

extension Interruption {
    static let question = "Leave what runs to Azure, or cancel it? [l/c]"

    /// Understands an answer; all that does not clearly say to cancel leaves it.
    init(_ answer: String?) {
        self = ["c", "cancel"].contains((answer ?? "").withoutSpaceAround.lowercased()) ? .cancel : .leave
    }
}

extension Consent {
    /// Asks on this terminal, unless this is a run without people.
    init(isAgreed: Bool, environment: [String: String]) {
        self.init(
            isAgreed: isAgreed,
            isInteractive: Terminal.input.isInteractive && Terminal.error.isInteractive
                && !Automation.isOn(environment),
            ask: { try await Terminal.answer(to: $0) }
        )
    }
}

extension String {
    fileprivate var withoutSpaceAround: String {
        let rest = drop(while: \.isWhitespace)
        return String(rest.prefix(upTo: rest.lastIndex { !$0.isWhitespace }.map(rest.index(after:)) ?? rest.startIndex))
    }
}
