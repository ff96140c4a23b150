import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The environment of the user, with `.env` behind it.
struct UserEnvironment: Sendable {
    let variables: [String: String]
    private let file: EnvironmentFile

    init() async throws {
        self.init(variables: ProcessInfo.processInfo.environment, file: try EnvironmentFile())
    }

    init(variables: [String: String], file: EnvironmentFile) {
        self.variables = variables
        self.file = file
    }

    /// Where a value comes from.
    enum Place: Sendable, Hashable { case environment, file }

    /// The value of a variable; an empty one counts as none.
    func value(for name: String) -> String? {
        switch place(of: name) {
        case .environment: variables[name]
        case .file: file.value(for: name)?.unsafeRevealed
        case nil: nil
        }
    }

    /// Where a variable has its value.
    func place(of name: String) -> Place? {
        if variables[name].map({ !$0.isEmpty }) ?? false { return .environment }
        return file.value(for: name) == nil ? nil : .file
    }

    func values(for names: some Sequence<String>) -> [String: String] {
        names.reduce(into: [:]) { $0[$1] = value(for: $1) }
    }
}
