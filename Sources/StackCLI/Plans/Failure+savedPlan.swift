extension Failure {
    private static let shownDifferences = 20

    /// Why a file is not carried out.
    init(_ error: SavedPlanError, in file: String) {
        let file = "'\(file.onOneLine)'"
        let again = "Save another with `infra preview --save FILE`."
        switch error {
        case .notAPlan: self.init("\(file) is no saved plan. \(again)", code: Self.configuration)
        case .newer(let version):
            self.init(
                "\(file) was saved by a newer `infra` (version \(version) of the form). Update this one, or save again.",
                code: Self.configuration
            )
        case .damaged:
            self.init("\(file) is not as it was saved. \(again)", code: Self.configuration)
        case .other(let fact, let saved, let wanted):
            let name = fact == "resourceGroup" ? "resource group" : fact
            self.init(
                "\(file) is for \(name) '\(saved.onOneLine)', and this would be '\(wanted.onOneLine)'.",
                "Choose the same \(name), or save a plan for this one with `infra preview --save FILE`.",
                code: Self.configuration
            )
        }
    }

    /// Refuses a plan, because the world or the stack has moved on since.
    init(_ differences: [SavedPlan.Difference], since saved: String) {
        let shown = differences.prefix(Self.shownDifferences).map { "  \($0.words)" }
        let more = differences.count - shown.count
        self.init(
            lines: ["The plan of \(saved.onOneLine) is out of date, and nothing was done. Now:"] + shown
                + (more > 0 ? ["  and \(more) more"] : [])
                + ["Review with `infra preview --save FILE`, then run `infra up --plan FILE`."],
            code: 1
        )
    }
}

extension SavedPlan.Difference {
    /// What is different, of which a person sees the first few paths.
    var words: String {
        switch self {
        case .appeared(let id, let action): "\(ResourceName(id: id)): to \(action.onOneLine), which was not planned"
        case .vanished(let id, let action): "\(ResourceName(id: id)): no longer to \(action.onOneLine)"
        case .acts(let id, let saved, let fresh):
            "\(ResourceName(id: id)): to \(fresh.onOneLine), not to \(saved.onOneLine)"
        case .values(let id, let paths):
            "\(ResourceName(id: id)): other values at \(paths.prefix(5).joined(separator: ", ").onOneLine)"
                + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
        case .secret(let name): "secret \(name.onOneLine): another value"
        }
    }
}
