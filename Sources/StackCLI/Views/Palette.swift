import ArgumentParser

/// Whether to colour: a flag decides, then `NO_COLOR`, then `FORCE_COLOR`, then whether a person watches.
///
/// Source: no-color.org, force-color.org.
struct ColorOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Colour the output, or not; the default depends on the terminal.")
    var color: Bool?

    /// The colours for standard output.
    func palette(_ environment: UserEnvironment) -> Palette {
        Palette(isOn: isOn(environment: environment.variables, isInteractive: Terminal.output.isInteractive))
    }

    func isOn(environment: [String: String], isInteractive: Bool) -> Bool {
        if let color { return color }
        if environment["NO_COLOR"].map({ !$0.isEmpty }) == true { return false }
        if environment["FORCE_COLOR"].map({ !$0.isEmpty }) == true { return true }
        return isInteractive && environment["TERM"] != "dumb"
    }
}

/// Text with a colour that a terminal understands, where colour is on.
struct Palette: Sendable {
    let isOn: Bool

    enum Color: Int, CaseIterable { case red = 31, green, yellow, blue, magenta, cyan }

    func paint(_ text: String, _ color: Color) -> String {
        isOn ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }

    func dim(_ text: String) -> String {
        isOn ? "\u{1B}[2m\(text)\u{1B}[0m" : text
    }

    func bold(_ text: String) -> String {
        isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }

    /// The colour of one of several services, red left for what is wrong.
    func color(_ index: Int) -> Color {
        let colors: [Color] = [.cyan, .green, .magenta, .yellow, .blue]
        return colors[index % colors.count]
    }
}
