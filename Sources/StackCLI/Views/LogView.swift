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

    /// A line of a service, or of a part of it, such as one of its replicas.
    func line(_ text: String, of service: String, part: String? = nil) -> String {
        let name = palette.paint(service.padded(to: width), palette.color(names.firstIndex(of: service) ?? 0))
        let names = [name] + (part.map { [palette.dim($0.withoutControls)] } ?? [])
        return "\(names.joined(separator: " ")) \(palette.dim("│")) \(entry(text))"
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
    /// The text without the characters and sequences by which a log line could move the cursor or change the screen.
    var withoutControls: String {
        guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
        var rest = Substring(self).unicodeScalars
        var kept = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": rest.dropEscapeSequence()
            case "\t": kept.append(scalar)
            default: if !scalar.isControl { kept.append(scalar) }
            }
        }
        return String(kept)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal or a browser does something else with it than to show it, as turning the order of a line.
    ///
    /// Source: unicode.org/reports/tr9, sections 2.1 to 2.5.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}

extension Substring.UnicodeScalarView {
    /// Drops what follows an escape character and belongs to it.
    ///
    /// Source: ECMA-48, sections 5.3 to 5.6.
    fileprivate mutating func dropEscapeSequence() {
        switch popFirst() {
        case "[": dropUpToFinal(after: "\u{20}"..."\u{3F}", in: "\u{40}"..."\u{7E}")
        case let introducer? where (" "..."/").contains(introducer):
            dropUpToFinal(after: "\u{20}"..."\u{2F}", in: "\u{30}"..."\u{7E}")
        case "]", "P", "X", "^", "_":
            // A text for the terminal; its end is an escape sequence of its own, or a bell.
            self = drop { $0 != "\u{07}" && $0 != "\u{1B}" }
        default: break
        }
    }

    private mutating func dropUpToFinal(
        after parameters: ClosedRange<Unicode.Scalar>,
        in finals: ClosedRange<Unicode.Scalar>
    ) {
        self = drop { parameters.contains($0) }
        if let final = first, finals.contains(final) { removeFirst() }
    }
}
