/// Why a command failed, for a step summary.
enum FailureMarkdown {
    static func text(_ failure: Failure, stack: String, byteLimit: Int = Markdown.byteLimit) -> String {
        var report = MarkdownReport(byteLimit: byteLimit, remedy: "see the log")
        report.add("### \(Markdown.plain(stack)): failed")
        report.add()
        report.add(failure.lines.map(Markdown.plain).joined(separator: "<br>"))
        return report.text
    }
}
