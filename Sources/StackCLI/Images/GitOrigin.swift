import Images
import Subprocess

/// Which commit the work tree is at, and where its repository is.
enum GitOrigin {
    /// Asks git; `nil` where there is none, or no commit yet.
    static func read() async -> ImageRecipe.Origin? {
        guard let commit = await git("rev-parse", "--verify", "--quiet", "HEAD"), !commit.isEmpty else { return nil }
        let changes = await git("status", "--porcelain", "--untracked-files=no")
        let remote = await git("remote", "get-url", "origin")
        return .init(
            source: remote.flatMap { $0.isEmpty ? nil : address($0) },
            revision: changes == "" ? commit : "\(commit)-dirty"
        )
    }

    /// An address that a browser opens, without a password: `git@github.com:shop/chat.git` is one in disguise.
    static func address(_ remote: String) -> String {
        let words = remote.split(separator: "@", maxSplits: 1)
        guard !remote.contains("://"), words.count == 2, let colon = words[1].firstIndex(of: ":") else {
            return remote.withoutUserInformation
        }
        return "https://\(words[1][..<colon])/\(words[1][words[1].index(after: colon)...])"
    }

    private static func git(_ arguments: String...) async -> String? {
        let result = try? await Subprocess.run(
            .name("git"),
            arguments: Arguments(arguments),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .discarded
        )
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput.filter { !$0.isNewline }
    }
}
