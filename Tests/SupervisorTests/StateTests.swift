import Foundation
import JSONText
import Settings
import Testing

@testable import Supervisor

struct LocalSecretsTests {
    @Test func `a value is made once, kept, and closed to other users`() throws {
        let directory = try temporaryDirectory()
        var secrets = try LocalSecrets(in: directory)
        let made = try secrets.value(for: "KEY")
        #expect(try secrets.value(for: "KEY") == made)
        var again = try LocalSecrets(in: directory)
        #expect(try again.value(for: "KEY") == made)
        #expect(try again.value(for: "OTHER") != made)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.secrets)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(made.unsafeRevealed.utf8.count >= 43)
    }

    @Test func `a damaged file is told and not replaced`() throws {
        let directory = try temporaryDirectory()
        try Data("{".utf8).write(to: URL(filePath: directory.secrets))
        #expect(throws: StateError.unreadable(path: directory.secrets)) { try LocalSecrets(in: directory) }
    }
}

struct RunRecordTests {
    static let record = RunRecord(
        supervisor: 42,
        stack: "sample",
        stage: "dev",
        services: [
            ServiceStatus(
                name: "a",
                address: "http://127.0.0.1:1",
                state: .healthy(startMilliseconds: 12),
                processID: 7
            ),
            ServiceStatus(name: "b", address: "http://127.0.0.1:2", state: .starting, restarts: 3),
            ServiceStatus(name: "c", address: "http://127.0.0.1:3", state: .asleep),
            ServiceStatus(name: "d", address: "http://127.0.0.1:4", state: .waking, processID: 8),
        ]
    )

    @Test func `a record reads back as it was written`() {
        #expect(RunRecord(Self.record.json) == Self.record)
    }

    @Test(arguments: [ExitReason.exit(code: 78), .signal(9), .hung, .failedToStart("program")])
    func `how a service ended is known for as long as it runs again`(reason: ExitReason) throws {
        var record = Self.record
        var status = ServiceStatus(
            name: "b",
            address: "http://127.0.0.1:2",
            state: .restarting(attempt: 0, reason: reason)
        )
        record.update(status)
        #expect(record.services[1].lastEnd == reason)
        #expect(RunRecord(record.json) == record)
        status.state = .starting
        record.update(status)
        #expect(record.services[1].lastEnd == reason)
        #expect(RunRecord(record.json) == record)
        #expect(record.services.filter { $0.lastEnd != nil }.map(\.name) == ["b"])
    }

    @Test func `only the record of a supervisor that lives counts`() throws {
        let directory = try temporaryDirectory()
        try Self.record.write(to: directory)
        #expect(RunRecord.current(in: directory) == nil)
        let lock = try StateLock(directory)
        #expect(RunRecord.current(in: directory) == nil, "the lock's new holder has said nothing yet")
        try Self.record.write(to: directory)
        #expect(RunRecord.current(in: directory) == Self.record)
        #expect(throws: StateError.running(processID: 42)) { try StateLock(directory) }
        withExtendedLifetime(lock) {}
    }
}

struct LogFilesTests {
    @Test func `a file that is full is put aside`() throws {
        let directory = try temporaryDirectory()
        let files = LogFiles(in: directory)
        let line = String(repeating: "x", count: 1024 * 1024)
        for _ in 0..<12 { files.append(line, of: "service") }
        #expect(PlatformFiles.size(at: directory.log(of: "service")) < LogFiles.limit)
        #expect(PlatformFiles.size(at: directory.log(of: "service") + ".1") <= LogFiles.limit)
    }
}

func temporaryDirectory() throws -> StateDirectory {
    let path = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)").path
    let directory = StateDirectory(root: path)
    try directory.create()
    return directory
}
