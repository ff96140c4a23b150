import JSONText
import Planning
import Synchronization

/// Shows a deployment while it runs: give it every event, and run the deployment inside of ``run(_:)``.
///
/// What is reported is folded at once and never lost, even when the deployment was told to stop.
final class ProgressDisplay<Time: Clock<Duration>>: Sendable {
    /// How it is shown; ``ProgressMode/auto`` must be resolved before, and is shown as lines.
    let mode: ProgressMode
    private let names: ResourceNames
    private let drawing: ProgressDrawing
    private let clock: Time
    private let start: Time.Instant
    private let size: @Sendable () -> TerminalSize
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// The shortest time between two drawings; ten a second look alive.
    private let pace: Duration

    private struct State {
        var progress: DeploymentProgress
        var screen = TreeScreen()
        var lastDrawing: Duration?
        /// Sentences that are to stay above the tree, from the next drawing on.
        var notes: [String] = []
        /// Somebody is asked something, and must be able to read it.
        var isQuiet = false
    }

    /// Prepares to show a deployment, whose time begins now.
    ///
    /// - Parameters:
    ///   - plan: What will be done.
    ///   - title: What is deployed, as the headline of a tree calls it.
    ///   - mode: How it is shown.
    ///   - palette: The colours of a tree.
    ///   - clock: What times it.
    ///   - pace: The shortest time between two drawings, on that clock.
    ///   - size: The size of the terminal, whenever it is asked.
    ///   - write: Takes what is to be written, with the ends of lines.
    init(
        _ plan: Plan,
        title: String,
        mode: ProgressMode,
        palette: Palette,
        clock: Time,
        pace: Duration = .milliseconds(100),
        size: @escaping @Sendable () -> TerminalSize,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.mode = mode
        self.names = plan.names
        self.drawing = ProgressDrawing(title: title, palette: palette)
        self.clock = clock
        self.start = clock.now
        self.size = size
        self.write = write
        self.pace = pace
        self.state = Mutex(State(progress: DeploymentProgress(plan)))
    }

    /// Runs a deployment, and leaves its last state in sight however it ends.
    ///
    /// - Parameter deploy: The deployment, which tells ``report(_:)`` what happens.
    /// - Returns: What the deployment returns.
    /// - Throws: What the deployment throws.
    func run<Result: Sendable>(_ deploy: () async throws -> Result) async throws -> Result {
        defer { state.withLock { finish(&$0) } }
        guard mode == .tree else { return try await deploy() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                repeat { self.state.withLock { self.draw(&$0) } } while await self.isTimeToDraw()
            }
            defer { group.cancelAll() }
            return try await deploy()
        }
    }

    /// Takes note of an event.
    func report(_ event: DeploymentEvent) {
        state.withLock { state in
            let time = now
            state.progress.apply(event, at: time)
            switch mode {
            case .tree:
                if case .noted = event { state.notes.append(PlainProgress(names: names).line(event, at: time)) }
                draw(&state)
            case .json: write(EventJSON(names: names).object(event, at: time).text + "\n")
            case .auto, .plain: write(PlainProgress(names: names).line(event, at: time) + "\n")
            }
        }
    }

    /// Leaves the terminal alone while somebody is asked something.
    ///
    /// - Parameter ask: Writes the question and waits for the answer.
    /// - Returns: The answer.
    /// - Throws: What asking throws.
    func quiet<Answer>(_ ask: () async throws -> Answer) async rethrows -> Answer {
        state.withLock { $0.isQuiet = true }
        defer {
            state.withLock { state in
                state.isQuiet = false
                // What was written meanwhile stays, and the tree goes on below it.
                state.screen = TreeScreen()
            }
        }
        return try await ask()
    }

    // MARK: Drawing

    private var now: Duration { start.duration(to: clock.now) }

    /// Sleeps until the next drawing; false when there is none.
    private func isTimeToDraw() async -> Bool {
        do {
            try await clock.sleep(for: pace)
            return true
        } catch {
            return false
        }
    }

    private func draw(_ state: inout sending State) {
        let time = now
        if let last = state.lastDrawing, time - last < pace { return }
        guard !state.isQuiet else { return }
        state.lastDrawing = time
        let size = size()
        put(drawing.lines(state.progress, at: time, rows: size.rows, columns: size.columns), size.columns, &state)
    }

    /// The whole tree, however long, is what stays.
    private func finish(_ state: inout sending State) {
        guard mode == .tree else { return }
        let columns = size().columns
        put(drawing.lines(state.progress, at: now, rows: .max, columns: columns), columns, &state)
    }

    private func put(_ lines: [String], _ columns: Int, _ state: inout sending State) {
        let text = state.screen.frame(lines, columns: columns, above: state.notes)
        state.notes = []
        if !text.isEmpty { write(text) }
    }
}

extension ProgressDisplay {
    /// Prepares to show a deployment on standard output.
    convenience init(
        _ plan: Plan,
        title: String,
        mode: ProgressMode,
        palette: Palette,
        clock: Time,
        pace: Duration
    ) {
        self.init(
            plan,
            title: title,
            mode: mode,
            palette: palette,
            clock: clock,
            pace: pace,
            size: { Terminal.output.size },
            write: { Terminal.output.writeBytes(Array($0.utf8)) }
        )
    }
}
