import Renderers
import Subprocess
import SystemPackage

/// The rendered files as a commit has them.
struct GitTree {
    /// A branch, a tag or a commit, as `git rev-parse` reads it.
    let reference: String
    /// A folder of the work tree; `nil` for the one that the command runs in.
    var directory: String?

    private static let outputLimit = 256 << 20

    /// The commit that the reference means, abbreviated.
    func commit() async throws -> String {
        let words = ["rev-parse", "--verify", "--quiet", "--short", "--end-of-options", "\(reference)^{commit}"]
        let answer = try await git(words)
        guard answer.isGood else {
            throw Failure(
                try await git(["rev-parse", "--git-dir"]).isGood
                    ? "git knows no commit '\(reference)'. Fetch it, or name another."
                    : "This folder is in no git repository, so that there is nothing to compare with."
            )
        }
        return String(decoding: answer.output, as: UTF8.self).filter { !$0.isNewline }
    }

    /// What the commit has of a folder.
    func files(in folder: RenderedFolder) async throws -> [RenderedFile] {
        try await files(below: "\(folder.path)/")
    }

    private func files(below folder: String) async throws -> [RenderedFile] {
        let entries = try await entries(below: folder)
        guard !entries.isEmpty else { return [] }
        let request = entries.map { $0.object + "\n" }.joined()
        let answer = try await checked(["cat-file", "--batch"], input: request)
        var rest = answer[...]
        return try entries.map { entry in
            // <object> blob <size>\n<contents>\n
            // Source: git-scm.com/docs/git-cat-file#_batch_output
            let header = rest.prefix { $0 != UInt8(ascii: "\n") }
            let words = String(decoding: header, as: UTF8.self).split(separator: " ")
            guard words.count == 3, let size = Int(words[2]), rest.count >= header.count + size + 2 else {
                throw Failure("git does not give '\(entry.path)' of '\(reference)'.")
            }
            let contents = rest.dropFirst(header.count + 1).prefix(size)
            rest = rest.dropFirst(header.count + size + 2)
            return RenderedFile(
                String(entry.path.dropFirst(folder.count)),
                String(decoding: contents, as: UTF8.self),
                isExecutable: entry.isExecutable
            )
        }
    }

    private struct Entry {
        let object: String
        let path: String
        let isExecutable: Bool
    }

    /// The plain files: `<mode> blob <object>\t<path>`, each ended by a zero byte.
    ///
    /// Source: git-scm.com/docs/git-ls-tree#_output_format
    private func entries(below folder: String) async throws -> [Entry] {
        let commit = try await commit()
        return try await checked(["ls-tree", "-r", "-z", commit, "--", folder])
            .split(separator: 0).compactMap { record in
                let parts = String(decoding: record, as: UTF8.self).split(separator: "\t", maxSplits: 1)
                let words = parts.first?.split(separator: " ") ?? []
                guard parts.count == 2, words.count == 3, words[0].hasPrefix("100"),
                    !RenderedFolder.isPersonal(String(parts[1].dropFirst(folder.count)))
                else { return nil }
                return Entry(object: String(words[2]), path: String(parts[1]), isExecutable: words[0] == "100755")
            }
    }

    // MARK: git

    private func checked(_ arguments: [String], input: String = "") async throws -> [UInt8] {
        let answer = try await git(arguments, input: input)
        guard answer.isGood else { throw Failure("git \(arguments[0]) failed: \(answer.complaint)") }
        return answer.output
    }

    private func git(
        _ arguments: [String],
        input: String = ""
    ) async throws -> (isGood: Bool, output: [UInt8], complaint: String) {
        do {
            let result = try await Subprocess.run(
                .name("git"),
                arguments: Arguments(arguments),
                workingDirectory: directory.map { FilePath($0) },
                input: .string(input),
                output: .bytes(limit: Self.outputLimit),
                error: .string(limit: 1 << 20)
            )
            return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
        } catch {
            throw Failure("git cannot be run. Install it, or compare with the files on disk.")
        }
    }
}
