import Testing

@testable import StackCLI

struct LogViewTests {
    static let entry = #"{"time":"2024-05-06T07:08:09.123Z","level":"info","service":"chat","message":"answered"}"#

    @Test(arguments: [
        (Self.entry, "07:08:09 info  answered"),
        (
            #"{"time":"2024-05-06T07:08:09.123Z","level":"warning","service":"c","message":"m","status":200,"b":"x y"}"#,
            "07:08:09 warning m status=200 b=x y"
        ),
        (#"{"time":"noon","level":"info","message":"m"}"#, "noon info  m"),
        // Not the services' own form: shown as it is.
        ("Listening on port 8000", "Listening on port 8000"),
        (#"{"level":"info"}"#, #"{"level":"info"}"#),
        (#"["time"]"#, #"["time"]"#),
        ("", ""),
        ("a\tb", "a\tb"),
    ])
    func `an entry is shown for people, and any other line as it is`(text: String, shown: String) {
        #expect(view.line(text, of: "chat") == "chat      │ \(shown)")
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[2J\u{1B}[1;1Hgone", "gone"), ("\u{1B}]0;title\u{07}text", "text"),
        ("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"), ("\u{1B}(Btext", "text"), ("\u{1B}ctext", "text"),
        ("\u{1B}", ""), ("\u{1B}[", ""), ("\u{1B}[31", ""), ("a\u{1B}[31\u{07}b", "ab"),
        ("a\rb\u{08}\u{0}\u{7F}\u{9B}c", "abc"),
        ("größe 日本 👩‍💻", "größe 日本 👩‍💻"),
    ])
    func `nothing that a service writes moves the cursor`(text: String, shown: String) {
        #expect(view.line(text, of: "chat") == "chat      │ \(shown)")
        let escaped = text.unicodeScalars.map { "\\u" + hexadecimal($0) }.joined()
        let entry = #"{"time":"T1","level":"info","message":"\#(escaped)","\#(escaped)":"\#(escaped)"}"#
        guard text.unicodeScalars.allSatisfy({ $0.value < 0x10000 }) else { return }
        #expect(view.line(entry, of: "chat") == "chat      │ 1 info  \(shown) \(shown)=\(shown)")
    }

    @Test func `a service that is not known is shown all the same`() {
        #expect(view.line("x", of: "other") == "other     │ x")
        #expect(LogView(services: [], palette: Palette(isOn: false)).line("x", of: "other") == "other │ x")
    }

    @Test func `what is wrong is red, and a name has the colour of its service`() {
        let view = LogView(services: ["chat", "functions"], palette: Palette(isOn: true))
        let entry = #"{"time":"2024-05-06T07:08:09Z","level":"error","message":"m"}"#
        #expect(
            view.line(entry, of: "functions")
                == "\u{1B}[32mfunctions\u{1B}[0m \u{1B}[2m│\u{1B}[0m \u{1B}[2m07:08:09\u{1B}[0m \u{1B}[31merror\u{1B}[0m m"
        )
    }

    private let view = LogView(services: ["chat", "functions"], palette: Palette(isOn: false))

    private func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
