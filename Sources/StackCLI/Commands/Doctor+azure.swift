import Azure
import Deployment
import Renderers
import StackGraph
import StackModel

extension Doctor {
    /// What a deployment would meet; that nobody can sign in is a finding, too.
    func cloud(for graph: Graph, _ environment: UserEnvironment) async throws -> [Finding] {
        do {
            return try await azure.withSession(for: graph.name, in: environment) { session in
                let vault = try await StackVault(of: graph, in: session).names(among: graph.secretNeeds)
                let examination = try await Examination(of: ARMTemplate(graph), in: session)
                return try await examination.findings().map(Finding.init)
                    + secrets(of: graph, environment, vault: vault)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return [Finding(.bad, Failure(error).lines.joined(separator: " "))]
                + secrets(of: graph, environment, vault: [])
        }
    }

    private func secrets(of graph: Graph, _ environment: UserEnvironment, vault: Set<String>) -> [Finding] {
        graph.secretNeeds.map { need in
            let finding = SecretFinding(need, in: environment, vault: vault, for: .azure)
            let name = need.secret.name
            guard finding.isMissing else { return Finding(.good, "\(name) is set.") }
            return Finding(.bad, "\(name) is missing. \(finding.remedy(stage: stage.stage))")
        }
    }
}

extension Finding {
    fileprivate init(_ finding: Examination.Finding) {
        let kind: Kind =
            switch finding.kind {
            case .good: .good
            case .warning: .warning
            case .bad: .bad
            }
        let words = [finding.text, finding.remedy].compactMap(\.self).joined(separator: " ")
        self.init(kind, words.withoutControls)
    }
}
