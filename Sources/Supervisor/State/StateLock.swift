/// The right to run the stack in one folder; gone with the process that has it.
public final class StateLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``StateError/running(processID:)`` when another process has it.
    public init(_ directory: StateDirectory) throws {
        guard let descriptor = PlatformFiles.lock(directory.lock) else {
            throw StateError.running(processID: RunRecord.current(in: directory)?.supervisor)
        }
        self.descriptor = descriptor
        // What an earlier run left says nothing about this one.
        PlatformFiles.remove(directory.record)
    }

    deinit {
        PlatformFiles.unlock(descriptor)
    }
}
