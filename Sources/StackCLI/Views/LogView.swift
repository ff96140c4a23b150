import JSONText
import Supervisor

/// The lines of several services, merged: a coloured name, and the entry in a form for people.
struct LogView: Sendable {
    let palette: Palette
    private let names: [String]
    private let width: Int

    init(services: [String], palette: Palette) {
        self.palette = palette
        self.names = services
        self.width = services.map(\.count).max() ?? 0
    }

    func line(_ text: String, of service: String) -> String {
        let name = palette.paint(service.padded(to: width), palette.color(names.firstIndex(of: service) ?? 0))
        return "\(name) \(palette.dim("│")) \(entry(text))"
    }

    /// An entry in the services' JSON form becomes time, level, message and facts; any other line stays as it is.
    private func entry(_ text: String) -> String {
        guard let members = try? JSON(parsing: text).members else { return text.withoutControls }
        let json = JSON.object(members)
        guard let time = json["time"]?.string, let level = json["level"]?.string, let message = json["message"]?.string
        else { return text.withoutControls }
        let facts = members.filter { !["time", "level", "service", "message"].contains($0.name) }
            .map { fact in
                let value = (fact.value.string ?? fact.value.text).withoutControls
                return palette.dim(fact.name.withoutControls + "=") + value
            }
        let clock = time.split(separator: "T").last.map { String($0.prefix(8)) } ?? time
        let words = [palette.dim(clock.withoutControls), paint(level.withoutControls), message.withoutControls] + facts
        return words.joined(separator: " ")
    }

    private func paint(_ level: String) -> String {
        let text = level.padded(to: 5)
        return switch level {
        case "error", "critical": palette.paint(text, .red)
        case "warning": palette.paint(text, .yellow)
        default: palette.dim(text)
        }
    }
}

extension String {
    /// The text without the characters by which a log line could move the cursor or change the screen.
    var withoutControls: String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: unicodeScalars.filter { $0 == "\t" || !$0.properties.isControl })
        return String(scalars)
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}
