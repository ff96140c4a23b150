import Planning
import SampleStacks
import Testing

@testable import StackCLI

struct DeploymentViewTests {
    private static let plain = Palette(isOn: false)
    private static let names = SamplePlans.mixed.names

    private static let target = DeploymentTarget(
        stack: "shop-dev",
        scope: SamplePlans.scope,
        subscriptionName: "Pay as you go",
        account: "ada@example.com",
        publicResources: ["api", "functions"]
    )

    @Test func `a person sees where it goes and what everybody will reach`() {
        let target = Self.target
        let banner = DeploymentBanner(palette: Self.plain)
        #expect(
            banner.lines(target, stage: "dev", reach: ["api", "functions"]).joined(separator: "\n") == """
                stack           shop-dev, stage dev
                subscription    Pay as you go (22222222-2222-2222-2222-222222222222)
                tenant          11111111-1111-1111-1111-111111111111
                account         ada@example.com
                resource group  shop
                region          westeurope
                public          api, functions
                """
        )
        #expect(
            banner.lines(target, stage: "dev", reach: []).last
                == "public          nothing: the internet reaches no part of this stack"
        )
        #expect(banner.lines(target, stage: "dev", reach: nil).last == "region          westeurope")
    }

    private static var done: DeploymentSummary {
        var summary = DeploymentSummary()
        summary.succeeded = [SamplePlans.bus, SamplePlans.app]
        summary.outputs = [
            DeploymentOutput(name: "chatUrl", description: "The page of the chat", value: "https://chat.example.com"),
            DeploymentOutput(name: "id", description: "", value: "x"),
        ]
        summary.criticalPath = [
            .init(id: SamplePlans.bus, duration: .seconds(90)), .init(id: SamplePlans.app, duration: .seconds(9.5)),
        ]
        summary.elapsed = .seconds(110)
        return summary
    }

    private static var failed: DeploymentSummary {
        var summary = DeploymentSummary()
        summary.succeeded = [SamplePlans.bus]
        summary.failed = [SamplePlans.app: ProgressTests.problem]
        summary.skipped = [SamplePlans.secret: SamplePlans.app, "\(SamplePlans.bus)/queues/jobs": SamplePlans.app]
        summary.untouched = [SamplePlans.role]
        summary.elapsed = .seconds(12)
        return summary
    }

    @Test func `in the end stand the outputs, and what took longest`() {
        #expect(
            DeploymentEnding(palette: Self.plain).lines(Self.done, Self.names).joined(separator: "\n") == """
                OUTPUT   VALUE
                chatUrl  https://chat.example.com  The page of the chat
                id       x

                The longest chain took 1 min 39 s, 90 % of the whole:
                  1 min 30 s  bus-x1 (Service Bus namespace)
                       9.5 s  api (container app)

                Done in 1 min 50 s: 2 done.
                """
        )
        #expect(Self.done.exitCode == 0)
    }

    @Test func `a failure says what, why, where Azure finds it, and what to do`() {
        #expect(
            DeploymentEnding(palette: Self.plain).lines(Self.failed, Self.names).joined(separator: "\n") == """
                ✗ api (container app)
                  SkuNotAvailable: The SKU is not available here.
                  request r-1
                  → Choose another region with --location.

                Skipped:
                  jobs (queue), because api (container app) failed
                  vault/API-KEY (secret), because api (container app) failed

                Failed after 12 s: 1 failed, 2 skipped, 1 not started, 1 done.

                Then run the same command again: finished steps are not repeated.
                """
        )
        #expect(Self.failed.exitCode == 1)
    }

    @Test func `nothing to do and an interruption have their own ends`() {
        let nothing = DeploymentSummary()
        #expect(DeploymentEnding(palette: Self.plain).lines(nothing, Self.names) == ["Done in 0 s: nothing to do."])
        var interrupted = DeploymentSummary()
        interrupted.untouched = [SamplePlans.app]
        #expect(interrupted.exitCode == 130)
        #expect(
            DeploymentEnding(palette: Self.plain).lines(interrupted, Self.names).first
                == "Interrupted after 0 s: 1 not started."
        )
    }

    @Test func `a step summary has what is wrong first`() {
        #expect(
            DeploymentMarkdown.text(Self.failed, Self.names, stack: "shop_dev") == """
                ### shop\\_dev: Failed after 12 s: 1 failed, 2 skipped, 1 not started, 1 done.

                **Failed**

                - `api (container app)`: **SkuNotAvailable** The SKU is not available here.<br>request r-1<br>→ \
                Choose another region with --location.

                **Skipped**

                - jobs (queue), because api (container app) failed
                - vault/API-KEY (secret), because api (container app) failed

                Then run the same command again: finished steps are not repeated.


                """
        )
        #expect(
            DeploymentMarkdown.text(Self.done, Self.names, stack: "shop").hasSuffix(
                """
                | output | value |  |
                | --- | --- | --- |
                | chatUrl | `https://chat.example.com` | The page of the chat |
                | id | `x` |  |

                <details><summary>The longest chain took 1 min 39 s, 90 % of the whole:</summary>

                ```diff
                  1 min 30 s  bus-x1 (Service Bus namespace)
                  9.5 s  api (container app)
                ```

                </details>

                """
            )
        )
    }

    @Test(arguments: RandomStack.hostileTexts + ["</details>", "\u{202E}x", "::error::x", "##[error]x"])
    func `no text of Azure breaks out of its place`(text: String) {
        var summary = DeploymentSummary()
        let problem = DeploymentProblem(code: text, message: text, request: text, requestID: text, remedy: text)
        summary.failed = [text: problem, SamplePlans.app: problem]
        summary.skipped = [SamplePlans.bus: text]
        summary.outputs = [DeploymentOutput(name: text, description: text, value: text)]
        summary.criticalPath = [.init(id: text, duration: .seconds(1))]
        let lines = DeploymentEnding(palette: Self.plain).lines(summary, Self.names)
        let markdown = DeploymentMarkdown.text(summary, Self.names, stack: text)
        // Two failures with one remedy.
        #expect(lines.count == 20)
        for line in lines {
            #expect(line == line.onOneLine && !line.contains("##["))
            #expect(!line.drop { $0.isWhitespace }.hasPrefix("::"))
        }
        // All HTML is ours.
        let tags = ["<br>", "<details>", "<summary>", "</summary>", "</details>"]
        let outside = markdown.split(separator: "```")[0]
        let foreign = tags.reduce(String(outside)) { $0.replacing($1, with: "") }.replacing(/`[^`]*`/, with: "")
        if !text.contains("`") { #expect(!foreign.contains("<")) }
        for line in markdown.split(separator: "\n") { #expect(String(line).onOneLine == line) }
        #expect(DeploymentMarkdown.text(summary, Self.names, stack: text, byteLimit: 700).utf8.count <= 700)
    }

    @Test func `a long message does not hide the failure`() {
        var summary = Self.failed
        summary.failed[SamplePlans.app]?.message = String(repeating: "word ", count: 1 << 20)
        let text = DeploymentMarkdown.text(summary, Self.names, stack: "shop")
        #expect(text.utf8.count < 10_000 && text.contains("**SkuNotAvailable** word word"))
        #expect(text.contains("Choose another region"))
    }
}
