/// Writes the unit of one program.
///
/// Source: freedesktop.org/software/systemd/man/systemd.service.html
struct ServiceUnit {
    let stack: SystemdStack
    /// What the program is called in the stack.
    let name: String
    let executable: String
    /// What follows the program on its command line, as the unit says it.
    let arguments: [String]
    let needs: [String]
    let limits: SystemdLimits
    /// The folders below the state folder that it may write to, its own first.
    let folders: [String]
    /// The user that it shares with others; `nil` for one of its own.
    var sharedUser: String?
    var environment: [String] = []
    var credentials: [(name: String, source: Credential)] = []
    var socket: String?
    var isLoopbackOnly = false

    enum Credential {
        case file(SystemdCredential)
        /// Text that no variable can hold; it is no secret.
        case text(String)
    }

    /// Programs lie here unless `install.sh` is told otherwise.
    static func programs(of stack: String) -> String { "/opt/\(stack)/bin" }

    func text() -> String {
        var unit = UnitText(comment: stack.marker)
        unit.section("Unit")
        unit.set("Description", UnitValue.sentence("\(name) of the stack \(stack.name)"))
        unit.set("PartOf", stack.target)
        unit.set("Requires", socket.map { [$0] } ?? [])
        unit.set("Wants", needs)
        unit.set("After", ["network.target"] + needs)
        unit.set("StartLimitIntervalSec", "60")
        unit.set("StartLimitBurst", "10")
        unit.section("Service")
        writeProcess(to: &unit)
        unit.blankLine()
        writeSettings(to: &unit)
        unit.blankLine()
        writeLimits(to: &unit)
        unit.blankLine()
        writeSandbox(to: &unit)
        return unit.text
    }

    private func writeProcess(to unit: inout UnitText) {
        unit.set("Type", "notify")
        unit.set("NotifyAccess", "main")
        let program = "\(Self.programs(of: stack.name))/\(executable)"
        unit.set("ExecStart", [UnitValue.argument(program)] + arguments)
        unit.set("Restart", "on-failure")
        unit.set("RestartSec", "1")
        // Wrong settings do not mend themselves (the number is that of `sysexits.h`).
        unit.set("RestartPreventExitStatus", "78")
        unit.set("TimeoutStartSec", "60")
        unit.set("TimeoutStopSec", "10")
        unit.set("WatchdogSec", "30")
        unit.set("SyslogIdentifier", "\(stack.name)-\(name)")
    }

    private func writeSettings(to unit: inout UnitText) {
        unit.set("StateDirectory", folders)
        unit.set("StateDirectoryMode", "0700")
        if let own = folders.first { unit.set("WorkingDirectory", "%S/\(own)") }
        for assignment in environment { unit.set("Environment", assignment) }
        // Operators can put settings there that win over those of the stack.
        unit.set("EnvironmentFile", "-%E/\(stack.name)/\(name).env")
        for credential in credentials {
            switch credential.source {
            case .file(let file):
                unit.set("LoadCredential", "\(credential.name):\(stack.folder)/credentials/\(file.file)")
            case .text(let text):
                unit.set("SetCredential", "\(credential.name):\(UnitValue.credential(text))")
            }
        }
    }

    private func writeLimits(to unit: inout UnitText) {
        unit.set("Slice", stack.slice)
        unit.set("MemoryMax", "\(limits.memoryMiB)M")
        unit.set("CPUQuota", "\(limits.cpuPercent)%")
        unit.set("TasksMax", String(limits.tasks))
        unit.set("LimitNOFILE", "65536")
    }

    private func writeSandbox(to unit: inout UnitText) {
        for (name, value) in Sandbox.common { unit.set(name, value) }
        unit.blankLine()
        unit.comment(Sandbox.systemHeading)
        if let sharedUser { unit.set("User", sharedUser) }
        for (name, value) in Sandbox.system { unit.set(name, value) }
        if isLoopbackOnly { for (name, value) in Sandbox.loopbackOnly { unit.set(name, value) } }
    }
}

extension SystemdStack {
    /// The first line of every unit, by which `install.sh` knows what is its own.
    var marker: String { "Part of the stack \(name)." }

    /// Where the configuration of the stack lies, for either manager.
    var folder: String { "%E/\(name)" }

    /// Where a resource keeps its data, below the state folder of either manager.
    func stateFolder(of id: String) -> String { "\(name)/data/\(id)" }
}
