/// The files of a new package: a stack with one service, and what builds, runs and checks it.
///
/// It is a value, so that tests can hold it against the compiler without a disk between them.
struct Scaffold: Sendable {
    struct File: Sendable, Hashable {
        let path: String
        let contents: String
        let isExecutable: Bool

        init(_ path: String, _ contents: String, isExecutable: Bool = false) {
            self.path = path
            self.contents = contents
            self.isExecutable = isExecutable
        }
    }

    let name: ProjectName
    let source: SlipwaySource

    var files: [File] {
        [
            File("Package.swift", manifest), File(".gitignore", ignored), File("README.md", readMe),
            File("infra/main.swift", program), File("infra/\(type)Stack.swift", stack),
            File("infra/rendered/README.md", renderedReadMe),
            File("services/Contracts/HelloSettings.swift", contract), File("services/Hello/App.swift", service),
            File(".github/workflows/infra.yml", workflow), File(".github/actions/infra/action.yml", Self.action),
            File(".github/actions/infra/install.sh", Self.installation, isExecutable: true),
        ]
    }

    var type: String { name.typeName }
}
