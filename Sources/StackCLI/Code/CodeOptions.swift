import ArgumentParser
import Deployment

/// Where the code comes from that runs in Azure.
enum CodeSource: String, ExpressibleByArgument, CaseIterable {
    /// It is built in this folder.
    case build
    /// It was built before, and lies in `.slipway`.
    case built
    /// Apps keep what they run.
    case keep
}

/// Which code a deployment brings along.
struct CodeOptions: ParsableArguments {
    @Option(
        help: """
            The code for Azure: build it here, take what was built before, or keep what runs there \
            (\(CodeSource.allValueStrings.joined(separator: ", "))).
            """
    )
    var code: CodeSource?
}

extension AzureStack {
    /// The stack with code, or as it is where apps keep theirs.
    ///
    /// - Throws: ``Failure``, errors of building.
    func running(codeFrom source: CodeSource) async throws -> AzureStack {
        switch source {
        case .build: running(try await CodeBuild(of: graph).build())
        case .built: running(try CodeBuild(of: graph).built())
        case .keep: self
        }
    }
}
