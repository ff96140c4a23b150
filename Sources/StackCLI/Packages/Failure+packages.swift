import Deployment
import Packaging
import Planning

extension Failure {
    /// Why there is no package.
    init(_ error: PackageError) {
        switch error {
        case .missingProgram(let path):
            self.init("There is no program '\(path)'. Build it, or leave --binary out.")
        case .unreadable(let path, let reason):
            self.init("'\(path)' cannot be read: \(reason).")
        case .foreign(let path, let kind):
            self.init("'\(path)' is \(kind). A function app needs a program for Linux on x86-64.")
        case .wrongArchitecture(let path, let found):
            self.init(
                "'\(path)' is a program for \(found), and function apps run on x86-64.",
                "Build it on such a machine, or with a Swift SDK for x86_64 by --swift-sdk."
            )
        case .needsLibraries(let path, let libraries):
            self.init(
                "'\(path)' needs \(Self.list(libraries)), which function apps do not have.",
                "Build it with --static-swift-stdlib, or leave --binary out."
            )
        case .unwritable(let path, _, isFull: true):
            self = .diskFull(path)
        case .unwritable(let path, let reason, isFull: false):
            self.init("'\(path)' is not written: \(reason).")
        case .tooLarge(let path):
            self.init("'\(path)' would be larger than 4 GiB, which no package may be.")
        }
    }

    /// The first of many names, and how many more there are.
    private static func list(_ names: [String]) -> String {
        let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
        return names.prefix(3).joined(separator: ", ") + rest
    }

    /// Why a package is not published.
    init(_ error: PublishingError) {
        let problem = DeploymentProblem(error)
        self.init(
            lines: [problem.message.onOneLine] + problem.log.map { "  \($0.onOneLine)" } + [problem.remedy],
            code: 1
        )
    }
}
