import ArgumentParser
import Testing

@testable import StackCLI

struct PaletteTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var flag: [String] = []
        var environment: [String: String] = [:]
        var isInteractive = false
        let isOn: Bool
        var testDescription: String { "\(flag) \(environment) terminal: \(isInteractive)" }
    }

    @Test(arguments: [
        Row(isInteractive: true, isOn: true),
        Row(environment: ["TERM": "dumb"], isInteractive: true, isOn: false),
        Row(isInteractive: false, isOn: false),
        Row(environment: ["NO_COLOR": "1"], isInteractive: true, isOn: false),
        Row(environment: ["NO_COLOR": ""], isInteractive: true, isOn: true),
        Row(environment: ["FORCE_COLOR": "1"], isInteractive: false, isOn: true),
        Row(environment: ["FORCE_COLOR": ""], isInteractive: false, isOn: false),
        Row(environment: ["NO_COLOR": "1", "FORCE_COLOR": "1"], isInteractive: true, isOn: false),
        Row(environment: ["NO_COLOR": "", "FORCE_COLOR": "1"], isInteractive: false, isOn: true),
        Row(flag: ["--color"], environment: ["NO_COLOR": "1"], isInteractive: false, isOn: true),
        Row(flag: ["--no-color"], environment: ["FORCE_COLOR": "1"], isInteractive: true, isOn: false),
    ])
    func `a flag decides on colour, then the environment, then the terminal`(row: Row) throws {
        let options = try ColorOptions.parse(row.flag)
        #expect(options.isOn(environment: row.environment, isInteractive: row.isInteractive) == row.isOn)
    }

    @Test func `text has colour only where colour is on`() {
        let (on, off) = (Palette(isOn: true), Palette(isOn: false))
        #expect(on.paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
        #expect(on.dim("x") == "\u{1B}[2mx\u{1B}[0m")
        #expect(on.bold("x") == "\u{1B}[1mx\u{1B}[0m")
        #expect([off.paint("x", .red), off.dim("x"), off.bold("x")] == ["x", "x", "x"])
    }

    @Test func `no service is red, which is for what is wrong`() {
        let palette = Palette(isOn: true)
        #expect((0..<20).allSatisfy { palette.color($0) != .red })
    }
}
