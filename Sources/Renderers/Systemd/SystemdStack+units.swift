import StackGraph

extension SystemdStack {
    /// The files of every unit, sorted by name.
    var units: [RenderedFile] {
        let shared = sharedStores
        var files = services.map { RenderedFile($0.app.unit(of: name, "service"), unit(of: $0, shared).text()) }
        files += services.filter(\.app.isActivated)
            .map { RenderedFile($0.app.unit(of: name, "socket"), socketUnit(of: $0.app)) }
        if let broker { files.append(RenderedFile("\(broker).service", brokerUnit(broker).text())) }
        files += [RenderedFile(target, targetUnit), RenderedFile(slice, sliceUnit)]
        return files.sorted { $0.path < $1.path }
    }

    private func unit(of service: SystemdService, _ shared: Set<ResourceID>) -> ServiceUnit {
        let app = service.app
        var unit = ServiceUnit(
            stack: self,
            name: app.id.name,
            executable: app.service.executable,
            arguments: app.service.arguments.map(UnitValue.argument),
            needs: service.needs,
            limits: app.limits,
            folders: folders(of: service)
        )
        if service.stores.contains(where: shared.contains) { unit.sharedUser = sharedUser }
        if app.isActivated { unit.socket = app.unit(of: name, "socket") }
        for setting in service.settings {
            switch setting.source {
            case .text(let text) where UnitValue.isEnvironment(text):
                unit.environment.append(UnitValue.assignment(setting.name, text))
            case .text(let text): unit.credentials.append((setting.name, .text(text)))
            case .store(let id):
                let folder = stateFolder(of: id.name)
                unit.environment.append(UnitValue.assignment(setting.name, prefix: "%S/", folder))
            case .credential(let file): unit.credentials.append((setting.name, .file(file)))
            }
        }
        if app.isActivated {
            unit.environment.append(UnitValue.assignment(ScaleToZero.variable, String(ScaleToZero.seconds)))
        }
        return unit
    }

    /// The folders below the state folder that any service writes to, each once.
    var stateFolders: [String] {
        Set(services.flatMap(folders) + (broker == nil ? [] : [brokerFolder])).sorted()
    }

    private var brokerFolder: String { "\(name)/broker" }

    private func folders(of service: SystemdService) -> [String] {
        [stateFolder(of: service.app.id.name)]
            + service.stores.filter { $0 != service.app.id }.map { stateFolder(of: $0.name) }
    }

    /// A user name that only this stack has; 31 characters are allowed.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.exec.html, "DynamicUser="
    private var sharedUser: String {
        // FNV-1a, so that a name that must be cut stays apart from its neighbours.
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let words = name.lowercased().utf8.prefix(20)
        return "s-\(String(decoding: words, as: UTF8.self))-\(String(hash, radix: 16))"
    }

    /// The configuration of the broker, as a rendered file and in the folder of the stack.
    static let brokerFile = "broker.json"

    private func brokerUnit(_ broker: String) -> ServiceUnit {
        ServiceUnit(
            stack: self,
            name: String(broker.dropFirst(name.count + 1)),
            executable: "infra",
            arguments: [
                "emulator", "--port", String(brokerPort), "--data", ".", "--configuration",
                "\(folder)/\(Self.brokerFile)",
            ],
            needs: [],
            limits: .broker,
            folders: [brokerFolder],
            credentials: [(BrokerProgram.keyVariable, .file(.brokerKey))],
            isLoopbackOnly: true
        )
    }

    /// The socket that starts an app.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.socket.html
    private func socketUnit(of app: SystemdApp) -> String {
        var unit = UnitText(comment: marker)
        unit.section("Unit")
        unit.set("Description", UnitValue.sentence("Starts \(app.id) of the stack \(name) when somebody calls"))
        unit.set("PartOf", target)
        unit.section("Socket")
        unit.set("ListenStream", "127.0.0.1:\(app.port)")
        unit.set("Backlog", "4096")
        unit.set("NoDelay", "yes")
        unit.set("Slice", slice)
        return unit.text
    }

    /// What starts and stops all members.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.target.html
    private var targetUnit: String {
        let members = services.map { $0.app.unit(of: name, $0.app.isActivated ? "socket" : "service") }
        var unit = UnitText(comment: marker)
        unit.section("Unit")
        unit.set("Description", UnitValue.sentence("The stack \(name)"))
        unit.set("Wants", (broker.map { ["\($0).service"] } ?? []) + members)
        unit.section("Install")
        unit.set("WantedBy", "multi-user.target")
        return unit.text
    }

    /// What all members may use together.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemd.resource-control.html
    private var sliceUnit: String {
        let limits = services.map(\.app.limits) + (broker == nil ? [] : [.broker])
        var unit = UnitText(comment: marker)
        unit.section("Unit")
        unit.set("Description", UnitValue.sentence("What the stack \(name) may use"))
        unit.section("Slice")
        if !limits.isEmpty {
            unit.set("MemoryMax", "\(limits.map(\.memoryMiB).reduce(0, +))M")
            unit.set("CPUQuota", "\(limits.map(\.cpuPercent).reduce(0, +))%")
            unit.set("TasksMax", String(limits.map(\.tasks).reduce(0, +)))
        }
        return unit.text
    }
}
