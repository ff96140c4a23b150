import Supervisor

/// The services of a run as a table.
struct ServiceTable {
    let palette: Palette

    func lines(_ services: [ServiceStatus]) -> [String] {
        let header = ["SERVICE", "ADDRESS", "STATE", "HEALTH", "STARTED IN"]
        let rows = services.map { service in
            [service.name, service.address, state(service), health(service.state), started(service.state)]
        }
        return TextTable.rows([header] + rows).enumerated().map { index, row in
            index == 0 ? palette.dim(row.joined(separator: "  ")) : paint(row, services[index - 1])
        }
    }

    private func paint(_ row: [String], _ service: ServiceStatus) -> String {
        var row = row
        row[0] = palette.bold(row[0])
        row[3] = palette.paint(row[3], color(of: service.state))
        return row.joined(separator: "  ")
    }

    private func color(of state: ServiceState) -> Palette.Color {
        switch state {
        case .healthy: .green
        case .asleep: .blue
        case .waiting, .starting, .waking, .stopping, .stopped: .yellow
        case .restarting, .unhealthy: .red
        }
    }

    private func state(_ service: ServiceStatus) -> String {
        let word =
            switch service.state {
            case .healthy, .unhealthy: "running"
            case .waiting, .starting, .asleep, .waking, .restarting, .stopping, .stopped: service.state.word
            }
        return switch service.restarts {
        case 0: word
        case 1: "\(word) (1 restart)"
        default: "\(word) (\(service.restarts) restarts)"
        }
    }

    private func health(_ state: ServiceState) -> String {
        switch state {
        case .healthy: "healthy"
        case .unhealthy: "unhealthy"
        case .waiting, .starting, .asleep, .waking, .restarting, .stopping, .stopped: "–"
        }
    }

    private func started(_ state: ServiceState) -> String {
        state.startMilliseconds.map { "\($0) ms" } ?? "–"
    }
}

extension String {
    /// The text with spaces at its end, up to a width in characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
