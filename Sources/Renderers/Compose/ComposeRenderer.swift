import JSONText
public import StackGraph

/// Writes a stack as a project of Docker Compose.
///
/// Images are the stack's own: each holds one program at `/app/NAME` as its entry point, and an empty folder `/data`
/// that belongs to the user and group 10001.
public struct ComposeRenderer: Sendable {
    public init() {}

    /// The Compose file, and what lies beside it.
    public func render(_ graph: Graph) -> Rendering {
        let project = ComposeProject(graph)
        var files = [
            RenderedFile("compose.yaml", Self.heading + YAMLWriter(project.document).text),
            RenderedFile(ComposeEnvironmentFile.path, ComposeEnvironmentFile(project).text),
            RenderedFile(ComposePreparationScript.path, ComposePreparationScript(project).text, isExecutable: true),
            RenderedFile(".gitignore", ".env\n\(ComposePreparationScript.folder)/\n"),
        ]
        if project.broker != nil { files.append(RenderedFile(ComposeProject.brokerFile, project.brokerDocument)) }
        return Rendering(files: files, limitations: project.limitations)
    }

    private static let heading = """
        # Rendered from the description of the stack: change that, not this.
        # To start it: ./\(ComposePreparationScript.path) && docker compose up --detach --wait

        """
}
