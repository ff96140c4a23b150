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

    /// The code for a stack.
    ///
    /// - Parameters:
    ///   - stack: The stack.
    ///   - usual: Where it comes from where nobody says.
    /// - Returns: The stack with code, or as it is where apps keep theirs.
    /// - Throws: ``Failure``, errors of building.
    func completing(_ stack: AzureStack, usually usual: CodeSource) async throws -> AzureStack {
        switch code ?? usual {
        case .build: stack.running(try await CodeBuild(of: stack.graph).build())
        case .built: stack.running(try CodeBuild(of: stack.graph).built())
        case .keep: stack
        }
    }
}
