import Supervisor

extension PlatformProcesses {
    private static let patience = Duration.seconds(10)

    /// Asks a supervisor to end with all that it runs, and waits until it has.
    ///
    /// - Parameters:
    ///   - processID: The supervisor.
    ///   - isRunning: Whether it is still there.
    /// - Throws: ``Failure`` when it takes too long.
    static func endSupervisor(_ processID: Int, while isRunning: () -> Bool) async throws {
        terminate(processID)
        let deadline = ContinuousClock.now + patience
        while isRunning() {
            guard ContinuousClock.now < deadline else {
                throw Failure("The supervisor (PID \(processID)) has not stopped yet. Look at `infra status`.")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
