import JSONText
import Renderers
import SampleStacks
import StackGraph
import TestInstruments
import Testing

@testable import Planning
@testable import StackCLI

struct ProgressTests {
    static let problem = DeploymentProblem(
        code: "SkuNotAvailable",
        message: "The SKU is not\navailable \u{1B}[2Jhere.",
        request: "PUT \(SamplePlans.app)",
        requestID: "r-1",
        correlationID: "c-1",
        remedy: "Choose another region with --location."
    )
    private static let drawing = ProgressDrawing(title: "shop-dev", palette: Palette(isOn: false))
    private static let jobs = "\(SamplePlans.bus)/queues/jobs"

    /// Events of the plan with every kind of step, each at its second.
    static let events: [(Int, DeploymentEvent)] = [
        (0, .started(SamplePlans.bus, .updating)),
        (1, .started(SamplePlans.role, .deleting)),
        (2, .waiting(SamplePlans.bus, .seconds(12), because: "Azure asked for it")),
        (3, .succeeded(SamplePlans.role, after: .milliseconds(2400))),
        (4, .waiting(nil, .milliseconds(2500), because: "too many requests")),
        (5, .noted("Registered the provider Microsoft.App.")),
        (16, .succeeded(SamplePlans.bus, after: .seconds(16))),
        (17, .started(jobs, .replacing)),
        (17, .started(SamplePlans.app, .creating)),
        (80, .failed(SamplePlans.app, problem, after: .seconds(63))),
        (81, .skipped(SamplePlans.secret, because: SamplePlans.app)),
        (82, .succeeded(jobs, after: .milliseconds(65_049))),
    ]

    private static func progress(until second: Int) -> DeploymentProgress {
        var progress = DeploymentProgress(SamplePlans.mixed)
        for (time, event) in events where time <= second { progress.apply(event, at: .seconds(time)) }
        return progress
    }

    // MARK: The tree

    @Test func `a resource stands below the one that it is part of`() {
        let lines = Self.drawing.lines(Self.progress(until: 5), at: .seconds(5), rows: 24, columns: 80)
        #expect(
            lines.joined(separator: "\n") == """
                shop-dev: 1 running, 1 done, 4 to come (5 s)
                … waiting 2 s, too many requests
                · api (container app)
                · vault/API-KEY (secret)
                … bus-x1 (Service Bus namespace)  changing 5 s, waiting 9 s, Azure asked for it
                  · jobs (queue)
                  ✓ on bus-x1 (role assignment 3c5db2f6)  deleted in 2.4 s
                  · bus-x1/old (queue)
                """
        )
    }

    @Test func `waits pass, and every end is told with its time`() {
        let lines = Self.drawing.lines(Self.progress(until: 99), at: .seconds(90), rows: 24, columns: 80)
        #expect(
            lines.joined(separator: "\n") == """
                shop-dev: 1 failed, 1 skipped, 3 done, 1 to come (1 min 30 s)
                ✗ api (container app)  failed after 1 min 3 s: SkuNotAvailable
                ○ vault/API-KEY (secret)  skipped, because api failed
                ✓ bus-x1 (Service Bus namespace)  changed in 16 s
                  ✓ jobs (queue)  replaced in 1 min 5 s
                  ✓ on bus-x1 (role assignment 3c5db2f6)  deleted in 2.4 s
                  · bus-x1/old (queue)
                """
        )
    }

    @Test func `on a small terminal what fails and runs stays in sight, and the rest is counted`() {
        let now = Duration.seconds(17)
        let lines = Self.drawing.lines(Self.progress(until: 17), at: now, rows: 6, columns: 40)
        #expect(
            lines.joined(separator: "\n") == """
                shop-dev: 2 running, 2 done, 2 to come…
                ▸ api (container app)  creating 0 s
                ✓ bus-x1 (Service Bus namespace)  chan…
                ▸ jobs (queue)  replacing 0 s
                  … and 1 done, 2 to come
                """
        )
        #expect(
            Self.drawing.lines(Self.progress(until: 80), at: now, rows: 4, columns: 80).dropFirst() == [
                "✗ api (container app)  failed after 1 min 3 s: SkuNotAvailable",
                "  … and 1 running, 2 done, 2 to come",
            ]
        )
    }

    private static let texts = RandomStack.hostileTexts + ["日本語のとても長い名前", String(repeating: "👩‍👩‍👧", count: 50)]

    /// A plan of resources in one another, and events about them and others in any order.
    private static func random(_ seed: Int) -> (plan: Plan, events: [DeploymentEvent]) {
        var generator = SeededGenerator(seed: seed)
        func text() -> String { texts.randomElement(using: &generator) ?? "" }
        var ids = [SamplePlans.bus]
        for index in 0..<Int.random(in: 1...60, using: &generator) {
            let parent = ids.randomElement(using: &generator) ?? ""
            let isRoot = Bool.random(using: &generator)
            ids.append(isRoot ? SamplePlans.id("A.B/c\(index)/\(text())") : "\(parent)/kind/\(index)\(text())")
        }
        let steps = Set(ids).sorted().map { SamplePlans.step($0, .queue, nil, .create([:])) }
        let events = (0..<120).map { _ -> DeploymentEvent in
            let id =
                Int.random(in: 0..<50, using: &generator) == 0 ? text() : ids.randomElement(using: &generator) ?? ""
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1:
                return .started(id, DeploymentEvent.Activity.allCases.randomElement(using: &generator) ?? .creating)
            case 2: return .waiting(id, .seconds(Int.random(in: -1...20, using: &generator)), because: text())
            case 3: return .succeeded(id, after: .seconds(3))
            case 4:
                let problem = DeploymentProblem(code: text(), message: text(), request: text(), remedy: text())
                return .failed(id, problem, after: .seconds(3))
            case 5: return .skipped(id, because: ids.randomElement(using: &generator) ?? "")
            default:
                return Bool.random(using: &generator) ? .noted(text()) : .waiting(nil, .seconds(2), because: text())
            }
        }
        return (Plan(steps: steps, unchanged: 0), events)
    }

    @Test(arguments: 0..<10)
    func `whatever happens in whatever order, each step has one state and the drawing fits`(seed: Int) {
        let (plan, events) = Self.random(seed)
        var generator = SeededGenerator(seed: seed)
        var progress = DeploymentProgress(plan)
        var ended: [String: DeploymentProgress.State] = [:]
        for (second, event) in events.enumerated() {
            progress.apply(event, at: .seconds(second))
            let changed = progress.steps.filter { step in ended[step.id].map { $0 != step.state } ?? false }
            #expect(changed.isEmpty)
            for step in progress.steps where step.state.isFinal { ended[step.id] = step.state }
            let size = (Int.random(in: 0...70, using: &generator), Int.random(in: 0...120, using: &generator))
            let lines = Self.drawing.lines(progress, at: .seconds(second), rows: size.0, columns: size.1)
            #expect(lines.count <= max(0, size.0 - 1))
            #expect(lines.allSatisfy { $0.columns <= max(0, size.1 - 1) && $0.onOneLine == $0 })
        }
        #expect(progress.counts.all == progress.steps.count)
        #expect(Set(progress.steps.map(\.id)).count == progress.steps.count)
        #expect(Set(progress.steps.map(\.id)).isSuperset(of: plan.steps.map(\.id)))
        let whole = Self.drawing.lines(progress, at: .seconds(300), rows: .max, columns: 200)
        #expect(whole.count == progress.steps.count + 1)
    }

    // MARK: On a terminal

    @Test(arguments: 0..<10)
    func `after every drawing the terminal shows the drawing and nothing else`(seed: Int) {
        let (plan, events) = Self.random(seed)
        var generator = SeededGenerator(seed: seed)
        var size = TerminalSize(rows: 20, columns: 80)
        var terminal = TerminalEmulator(rows: size.rows, columns: size.columns)
        var screen = TreeScreen()
        var progress = DeploymentProgress(plan)
        let drawing = ProgressDrawing(title: "t", palette: Palette(isOn: true))
        var notes = ["$ infra up"]
        terminal.write("$ infra up\n")
        for (second, event) in events.enumerated() {
            progress.apply(event, at: .seconds(second))
            var above: [String] = []
            if case .noted = event { above = ["note \(second)"] }
            notes += above
            let lines = drawing.lines(progress, at: .seconds(second), rows: size.rows, columns: size.columns)
            // Wide characters are one place for the emulator, as its text is compared by characters.
            let simple = lines.map { line in String(line.unicodeScalars.map { $0.isASCII ? Character($0) : "?" }) }
            terminal.write(screen.frame(simple, columns: size.columns, above: above))
            #expect(terminal.lines == notes + simple.map(\.withoutControls))
            #expect(terminal.errors == [])
            if Int.random(in: 0..<10, using: &generator) == 0 {
                // A window that gets lower leaves what was above it in the history.
                size = TerminalSize(rows: size.rows, columns: Int.random(in: 30...120, using: &generator))
                terminal.resize(rows: .max, columns: size.columns)
            }
        }
    }

    @Test func `what stays as it is is not written again`() {
        var screen = TreeScreen()
        #expect(screen.frame(["a", "b"], columns: 80) == "\r\u{1B}[Ja\nb\n")
        #expect(screen.frame(["a", "b"], columns: 80) == "")
        #expect(screen.frame(["a", "c"], columns: 80) == "\r\u{1B}[2A\nc\u{1B}[K\n")
        #expect(screen.frame(["a"], columns: 80) == "\r\u{1B}[2A\n\u{1B}[J")
    }

    // MARK: Lines

    @Test func `a log gets a line for each event`() {
        let plain = PlainProgress(names: SamplePlans.mixed.names)
        let lines =
            Self.events.map { plain.line($1, at: .seconds($0)) } + [plain.line(.noted("::stop"), at: .seconds(3723))]
        #expect(
            lines.joined(separator: "\n") == """
                00:00  bus-x1 (Service Bus namespace): changing
                00:01  on bus-x1 (role assignment 3c5db2f6): deleting
                00:02  bus-x1 (Service Bus namespace): waiting 12 s, Azure asked for it
                00:03  on bus-x1 (role assignment 3c5db2f6): done in 2.4 s
                00:04  waiting 3 s, too many requests
                00:05  Registered the provider Microsoft.App.
                00:16  bus-x1 (Service Bus namespace): done in 16 s
                00:17  jobs (queue): replacing
                00:17  api (container app): creating
                01:20  api (container app): failed after 1 min 3 s: SkuNotAvailable: The SKU is not available here.
                01:21  vault/API-KEY (secret): skipped, because api (container app) failed
                01:22  jobs (queue): done in 1 min 5 s
                01:02:03  ::stop
                """
        )
    }

    @Test func `programs get an object for each event`() throws {
        let form = EventJSON(names: SamplePlans.mixed.names)
        let lines = Self.events.map { form.object($1, at: .seconds($0)).text }
        #expect(
            try JSON(parsing: lines[2]) == [
                "event": "waiting", "elapsed": .number("2.000"), "id": .string(SamplePlans.bus),
                "name": "bus-x1 (Service Bus namespace)", "seconds": .number("12.000"), "reason": "Azure asked for it",
            ]
        )
        #expect(
            try JSON(parsing: lines[9]) == [
                "event": "failed", "elapsed": .number("80.000"), "id": .string(SamplePlans.app),
                "name": "api (container app)", "duration": .number("63.000"),
                "problem": [
                    "code": "SkuNotAvailable", "message": "The SKU is not\navailable \u{1B}[2Jhere.",
                    "request": .string("PUT \(SamplePlans.app)"), "requestID": "r-1", "correlationID": "c-1",
                    "remedy": "Choose another region with --location.",
                ],
            ]
        )
        let output = DeploymentOutput(name: "url", description: "Where it is", value: "https://x")
        #expect(EventJSON.object(output, at: .milliseconds(1234))["elapsed"] == .number("1.234"))
    }

    @Test(arguments: 0..<10)
    func `every event is one line that JSON parsers read`(seed: Int) throws {
        let (plan, events) = Self.random(seed)
        let form = EventJSON(names: plan.names)
        let stream = events.map { form.object($0, at: .seconds(1)).text + "\n" }.joined()
        let lines = stream.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count == events.count)
        for line in lines { #expect(try JSON(parsing: String(line))["event"]?.string != nil) }
    }

    // MARK: Over time

    private static func display(
        _ mode: ProgressMode,
        _ clock: TestClock,
        _ written: Shared<String>
    ) -> ProgressDisplay<TestClock> {
        ProgressDisplay(
            SamplePlans.mixed,
            title: "shop-dev",
            mode: mode,
            palette: Palette(isOn: false),
            clock: clock,
            size: { TerminalSize(rows: 24, columns: 80) },
            write: { text in written.withLock { $0 += text } }
        )
    }

    private func shown(_ written: Shared<String>) -> [String] {
        var terminal = TerminalEmulator(rows: 24, columns: 80)
        terminal.write(written.withLock { $0 })
        return terminal.lines
    }

    @Test func `the tree moves with time, stays quiet during a question, and ends as it ended`() async throws {
        let clock = TestClock()
        let written = Shared("")
        let display = Self.display(.tree, clock, written)
        try await display.run {
            await clock.waitForSleeper(of: .milliseconds(100))
            #expect(shown(written).first == "shop-dev: 6 to come (0 s)")
            display.report(.started(SamplePlans.app, .creating))
            display.report(.noted("Hello."))
            #expect(shown(written).first == "shop-dev: 6 to come (0 s)")
            clock.advance(by: .seconds(7))
            await clock.waitForSleeper(of: .milliseconds(100))
            #expect(
                shown(written)[..<3] == [
                    "00:00  Hello.", "shop-dev: 1 running, 5 to come (7 s)", "▸ api (container app)  creating 7 s",
                ]
            )
            await display.quiet {
                let before = written.withLock { $0 }
                clock.advance(by: .seconds(1))
                await clock.waitForSleeper(of: .milliseconds(100))
                display.report(.succeeded(SamplePlans.app, after: .seconds(8)))
                #expect(written.withLock { $0 } == before)
            }
        }
        #expect(shown(written).suffix(6).first == "✓ api (container app)  created in 8 s")
    }

    @Test func `what happens after a cancellation is shown all the same`() async throws {
        let clock = TestClock()
        let written = Shared("")
        let display = Self.display(.tree, clock, written)
        let isStarted = Shared(false)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await display.run {
                    isStarted.withLock { $0 = true }
                    try? await clock.sleep(for: .seconds(1000))
                    display.report(.succeeded(SamplePlans.app, after: .seconds(1)))
                    throw CancellationError()
                }
            }
            await clock.waitForSleeper(of: .seconds(1000))
            group.cancelAll()
        }
        #expect(isStarted.withLock { $0 })
        #expect(shown(written).contains("✓ api (container app)  done in 1 s"))
    }

    @Test(arguments: [ProgressMode.plain, .json])
    func `without a tree every event is written at once`(mode: ProgressMode) async throws {
        let written = Shared("")
        let display = Self.display(mode, TestClock(), written)
        try await display.run {
            for (_, event) in Self.events { display.report(event) }
        }
        #expect(written.withLock { $0 }.split(separator: "\n").count == Self.events.count)
    }

    // MARK: Choosing

    struct Choice: Sendable {
        let mode: ProgressMode
        var environment: [String: String] = [:]
        var isTerminal = true
        let result: ProgressMode
    }

    @Test(arguments: [
        Choice(mode: .auto, result: .tree), Choice(mode: .auto, isTerminal: false, result: .plain),
        Choice(mode: .auto, environment: ["CI": "true"], result: .plain),
        Choice(mode: .auto, environment: ["CI": "false"], result: .tree),
        Choice(mode: .auto, environment: ["GITHUB_ACTIONS": "true"], result: .plain),
        Choice(mode: .auto, environment: ["TERM": "dumb"], result: .plain),
        Choice(mode: .tree, environment: ["CI": "1"], result: .tree),
        Choice(mode: .tree, isTerminal: false, result: .plain), Choice(mode: .plain, result: .plain),
        Choice(mode: .json, isTerminal: false, result: .json),
    ])
    func `a tree is for people who watch`(row: Choice) {
        #expect(row.mode.resolved(row.environment, isTerminal: row.isTerminal) == row.result)
    }

    static let durations: [(Duration, String)] = [
        (.zero, "0 s"), (.milliseconds(440), "0.4 s"), (.milliseconds(9_949), "9.9 s"), (.milliseconds(9_950), "10 s"),
        (.seconds(59.96), "1 min 0 s"), (.seconds(65), "1 min 5 s"), (.seconds(3_660), "1 h 1 min"),
        (.seconds(-5), "0 s"),
    ]

    @Test(arguments: durations)
    func `a time is told as people tell it`(row: (Duration, String)) {
        #expect(Elapsed.words(row.0) == row.1)
    }

    static let widths: [(text: String, columns: Int, fitted: String)] = [
        ("plain", 5, "plain"), ("longer", 6, "long…"), ("日本語", 6, "日本…"), ("日本", 4, "日本"),
        ("e\u{301}e\u{301}", 2, "e\u{301}e\u{301}"), ("🙂🙂🙂", 6, "🙂🙂…"), ("größe", 5, "größe"), ("", 0, ""),
    ]

    @Test(arguments: widths)
    func `a text is cut by the columns that a terminal gives it`(row: (text: String, columns: Int, fitted: String)) {
        #expect(row.text.columns == row.columns)
        #expect(row.text.fitted(to: 5) == row.fitted)
        #expect(row.text.fitted(to: 0).isEmpty)
    }
}
