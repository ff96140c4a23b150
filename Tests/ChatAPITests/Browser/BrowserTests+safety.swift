import FakeUpstream
import JSONText
import Testing

@testable import ChatAPI

extension BrowserTests {
    @Suite struct Safety {
        /// What would run, lead astray or break out, were it more than text.
        private static let attacks = [
            "<script>window.hurt = 1</script>", "<img src=x onerror=hurt=1>", "<svg onload=hurt=1>",
            "[a](javascript:hurt=1)", "[a](JaVaScRiPt:hurt=1)", "[a](java\tscript:hurt=1)", "[a]( javascript:hurt=1)",
            "[a](data:text/html;base64,PHNjcmlwdD5odXJ0PTE8L3NjcmlwdD4=)", "[a](vbscript:hurt)",
            "[a](file:///etc/passwd)",
            "<javascript:hurt=1>", "![a](javascript:hurt=1)", "![a](https://evil.example/pixel.png)",
            "[a](https://x.example/\" onmouseover=\"hurt=1)", "```html\" onload=\"hurt=1\n<script>hurt=1</script>\n```",
            "`<script>hurt=1</script>`",
            "| <img src=x onerror=hurt=1> | b |\n|---|---|\n| <script>hurt=1</script> | c |",
            "<a href='javascript:hurt=1'>a</a>", "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
            "<style>* { display: none }</style>", "[a](&#106;avascript:hurt=1)", "[a]: javascript:hurt=1\n[a]",
            "# <script>hurt=1</script>", "> <object data=x>", "- <form action=x><input></form>",
        ]

        @Test func `markup in an answer stays text`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.visit(chat.url)
                    let call = try await ask("Go", browser, chat)
                    for attack in Self.attacks {
                        let piece: JSON = ["choices": [["index": 0, "delta": ["content": .string("\(attack)\n\n")]]]]
                        try await call.send(frame: piece.text)
                    }
                    try await call.send(text: "end")
                    try await call.finish()
                    try await browser.wait(until: isDone)
                    let body = "document.querySelector('.answer .body')"
                    #expect(try await browser.value(of: "\(body).textContent.endsWith('end')") == true)
                    #expect(try await browser.value(of: "window.hurt === undefined") == true)
                    let foreign =
                        "script, img, svg, iframe, object, style, form, input, [onerror], [onload], [onmouseover]"
                    #expect(try await browser.value(of: "\(body).querySelectorAll('\(foreign)').length") == 0)
                    let targets =
                        "[...\(body).querySelectorAll('a')].map((link) => [link.protocol, link.rel].join(' '))"
                    for target in try await browser.value(of: targets).array ?? [] {
                        #expect(target == "https: noopener noreferrer")
                    }
                    #expect(try await browser.complaints() == [])
                }
            }
        }

        @Test func `the policy stops a script that got into the page, and says so`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.visit(chat.url)
                    let attempt = """
                        (() => {
                          window.violations = [];
                          addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
                          const script = document.createElement("script");
                          script.textContent = "window.hurt = 1";
                          const image = document.createElement("img");
                          image.src = "https://evil.example/pixel.png";
                          document.body.append(script, image);
                        })()
                        """
                    try await browser.value(of: attempt)
                    try await browser.value(of: "document.body.setAttribute('onclick', 'window.hurt = 1')")
                    try await browser.click("#messages, #welcome")
                    try await browser.wait(until: "window.violations.length >= 3 || document.body.append('')")
                    #expect(try await browser.value(of: "window.hurt === undefined") == true)
                    let directives = try await browser.value(of: "violations").array ?? []
                    #expect(Set(directives) == ["script-src-elem", "img-src", "script-src-attr"])
                }
            }
        }

        @Test func `an answer grows without replacing what is there, and hostile ones take no time`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.visit(chat.url)
                    let call = try await ask("Go", browser, chat)
                    try await call.send(text: #"First\n\n```swift\nlet a"#)
                    try await browser.wait(until: "document.querySelector('.answer pre code')?.textContent === 'let a'")
                    try await browser.value(
                        of: "(window.kept = [...document.querySelectorAll('.answer p, .answer pre')], 1)"
                    )
                    try await call.send(text: #" = 1\n```\n\n1. one\n   - two"#)
                    try await browser.wait(until: "document.querySelector('.answer ol ul li')?.textContent === 'two'")
                    #expect(try await browser.value(of: "kept.every((node) => node.isConnected)") == true)
                    try await call.finish()
                    // Work that grew with the square of the length would take hours here.
                    for unit in ["*a _b ", "[a](", "`a``b", "> > > > a\n", "- a\n", "((((http://", "a**b", "\\\\"] {
                        let text = try JSON(parsing: "\"\(unit.replacing("\n", with: "\\n"))\"").text
                        let script = """
                            (await import("/assets/blocks.js")).blocks(\(text).repeat(200000).split("\\n")).nodes.length > 0
                            """
                        #expect(try await browser.eventually(script) == true)
                    }
                }
            }
        }
    }
}
