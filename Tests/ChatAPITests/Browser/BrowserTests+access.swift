import FakeUpstream
import JSONText
import Testing

@testable import ChatAPI

extension BrowserTests {
    @Suite struct Access {
        private static let sample = #"""
            A **queue** and a `topic`, see [the page](https://example.org).\n\n## Which?\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n
            """#
            + #"> Quoted\n\n- one\n- two\n\n```swift\nlet queue = Queue(\"events\", of: Event.self, maxDeliveries: 10)\n```\n"#

        @Test(arguments: ["light", "dark"])
        func `texts can be read, controls have names, nothing is wider than the screen`(scheme: String) async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 1280, height: 800) { browser in
                    try await browser.emulate(width: 1280, height: 800, scheme: scheme)
                    try await browser.visit(chat.url)
                    #expect(try await browser.problems() == [])
                    try await browser.keepPicture("welcome-\(scheme)")
                    let call = try await ask("Which of them?", browser, chat)
                    try await call.send(text: Self.sample.replacing("\n", with: ""))
                    try await call.finish()
                    try await browser.wait(until: isDone)
                    for width in [1280, 768, 320] {
                        try await browser.emulate(width: width, height: 800, scheme: scheme)
                        #expect(try await browser.problems() == [])
                        try await browser.keepPicture("chat-\(scheme)-\(width)")
                    }
                }
            }
        }

        @Test func `everything can be done with the keyboard alone`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 1000, height: 700) { browser in
                    try await browser.visit(chat.url)
                    try await browser.press("Hello" + Key.shift + Key.enter + Key.shift + "there" + Key.enter)
                    let call = try await chat.upstream.nextCall()
                    #expect(try call.messages.last == "user: Hello\nthere")
                    try await call.begin()
                    try await call.send(text: #"```\ncode\n```"#)
                    try await browser.wait(until: "document.querySelector('.copy') !== null")
                    try await browser.press(Key.escape)
                    try await call.callerLeaves()
                    try await browser.wait(until: "document.querySelectorAll('#chats li').length === 1")
                    let names = try await browser.walk()
                    for name in ["New conversation", "Theme: system", "Copy", "Try again", "Message"] {
                        #expect(names.contains(name), "\(name) is out of reach: \(names)")
                    }
                    #expect(names.contains { $0.hasPrefix("Delete “") } && names.contains { $0.hasPrefix("Hello") })
                }
            }
        }

        @Test func `on a phone the list is a drawer that the keyboard opens, leaves and closes`() async throws {
            try await RunningChat.run { chat in
                try await WebDriver.run(width: 900, height: 700) { browser in
                    try await browser.emulate(width: 320, height: 640)
                    try await browser.visit(chat.url)
                    #expect(try await browser.value(of: "document.querySelector('#sidebar').inert") == true)
                    try await browser.value(of: "document.querySelector('#menu').focus()")
                    try await browser.press(Key.enter)
                    #expect(try await browser.value(of: "document.activeElement.closest('#sidebar') !== null") == true)
                    try await browser.press(Key.escape)
                    #expect(try await browser.value(of: "document.activeElement.id") == "menu")
                    #expect(try await browser.value(of: "document.querySelector('#sidebar').inert") == true)
                }
            }
        }
    }
}

extension WebDriver {
    /// What is wrong with the page for people who cannot see it well, or not at all.
    ///
    /// Names of controls, labels of fields, one heading of the first level, contrasts of at least 4.5 to 1 and no
    /// scrolling to the side. Source: w3.org/TR/WCAG22/#contrast-minimum, 4.1.2, 1.3.1 and 1.4.10.
    func problems() async throws -> [String] {
        let script = """
            (() => {
              const problems = [];
              const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
                && element.closest("[inert]") === null;
              const all = [...document.querySelectorAll("body *")].filter(isShown);
              const name = (element) => (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent
                ?? element.textContent).trim();
              for (const element of all) {
                if (element.matches("button, a, input, textarea, select") && name(element) === "")
                  problems.push("no name: " + element.outerHTML.slice(0, 80));
                if (element.matches("img:not([alt])")) problems.push("no description: " + element.src);
              }
              if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");
              if (document.documentElement.lang === "") problems.push("no language");
              if (document.documentElement.scrollWidth > innerWidth) problems.push("wider than the screen");
              const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
              const channels = (color, under) => {
                canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
                canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
              };
              const luminance = (rgb) => rgb.map((value) => value / 255)
                .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
                .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
              const ground = (element) => {
                for (let at = element; at !== null; at = at.parentElement) {
                  const color = getComputedStyle(at).backgroundColor;
                  if (!color.endsWith(", 0)") && color !== "transparent") return color;
                }
                return "white";
              };
              for (const element of all) {
                const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
                if (!hasText || element.closest(".unseen, #skip, .question .speaker")) continue;
                const under = ground(element);
                const pair = [channels(getComputedStyle(element).color, under), channels(under, "white")].map(luminance);
                const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
                if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${element.textContent.slice(0, 40)}`);
              }
              return problems;
            })()
            """
        return try await value(of: script).array?.compactMap(\.string) ?? []
    }

    /// Goes once through everything that the tab key reaches, and tells its names.
    func walk() async throws -> [String] {
        let name = """
            (() => {
              const element = document.activeElement;
              return (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
            })()
            """
        var names: [String] = []
        try await value(of: "document.querySelector('#message').focus()")
        for _ in 0..<40 {
            names.append(try await value(of: name).string ?? "")
            try await press(Key.tab)
            if try await value(of: "document.activeElement.id") == "message" { break }
            // After the last one comes the browser itself, and then the first.
            if try await value(of: "document.activeElement === document.body") == true {
                try await value(of: "document.querySelector('#skip').focus()")
            }
        }
        return names
    }
}
