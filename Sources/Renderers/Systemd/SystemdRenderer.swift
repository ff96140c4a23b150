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
