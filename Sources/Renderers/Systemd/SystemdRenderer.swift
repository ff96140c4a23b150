import JSONText
public import StackGraph

/// Writes a stack as units of systemd for one machine, with the scripts that install and remove them.
public struct SystemdRenderer: Sendable {
    private let portOffset: Int

    /// A renderer.
    ///
    /// - Parameter portOffset: What is added to every usual port, so that two stacks can live on one machine.
    public init(portOffset: Int = 0) {
        self.portOffset = portOffset
    }

    /// The names of the programs that the units start, each once.
    public func programs(of graph: Graph) -> [String] { SystemdStack(graph, portOffset: portOffset).programs }

    /// The port of each service that has one, by the name of its unit.
    public func ports(of graph: Graph) -> [String: Int] {
        let stack = SystemdStack(graph, portOffset: portOffset)
        return Dictionary(
            uniqueKeysWithValues: stack.services.map { ($0.app.unit(of: stack.name, "service"), $0.app.port) }
        )
    }

    /// The units of each service, by what it is called in the stack; the broker is one of them, where there is any.
    public func units(of graph: Graph) -> [String: [String]] {
        let stack = SystemdStack(graph, portOffset: portOffset)
        var units = Dictionary(
            uniqueKeysWithValues: stack.services.map { ($0.app.id.name, $0.app.units(of: stack.name)) }
        )
        if let broker = stack.broker { units[String(broker.dropFirst(stack.name.count + 1))] = ["\(broker).service"] }
        return units
    }

    /// The script that removes what was installed, and with `--purge` what services keep, from any version's files.
    public func uninstallScript(of graph: Graph) -> RenderedFile {
        SystemdStack(graph, portOffset: portOffset).uninstallScript
    }

    /// Where the units of the machine look for programs: a folder that is no one's home.
    public static func programFolder(of graph: Graph) -> String { ServiceUnit.programs(of: graph.name) }

    /// The units, the broker's configuration and the scripts, and what a machine with systemd cannot give the stack.
    public func render(_ graph: Graph) -> Rendering {
        let stack = SystemdStack(graph, portOffset: portOffset)
        let units = stack.units
        var files = units
        if stack.broker != nil {
            files.append(RenderedFile(SystemdStack.brokerFile, graph.brokerDocument.text + "\n"))
        }
        files += [stack.installScript(for: units), stack.uninstallScript]
        return Rendering(files: files, limitations: stack.limitations)
    }
}
