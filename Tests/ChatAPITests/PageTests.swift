import AsyncHTTPClient
import JSONText
import NIOHTTP1
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct PageTests {
    @Test func `a probe gets the health document, a browser the page`() async throws {
        try await RunningChat.run { chat in
            for path in ["/", "/health"] {
                let health = try await chat.get(path, headers: ["Accept": "*/*"])
                #expect(try await health.json()["status"] == "healthy")
            }
            let page = try await chat.get("/", headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
            #expect(page.headers["Content-Type"] == ["text/html; charset=utf-8"])
            #expect(page.headers["Vary"] == ["Accept"])
            #expect(try await page.text().contains("<!doctype html>"))
        }
    }

    @Test(arguments: [
        ("/assets/access.js", "text/javascript; charset=utf-8"),
        ("/assets/answer.js", "text/javascript; charset=utf-8"),
        ("/assets/blocks.js", "text/javascript; charset=utf-8"),
        ("/assets/chat-list.js", "text/javascript; charset=utf-8"),
        ("/assets/event-stream.js", "text/javascript; charset=utf-8"),
        ("/assets/events-mode.js", "text/javascript; charset=utf-8"),
        ("/assets/inline.js", "text/javascript; charset=utf-8"),
        ("/assets/markdown.js", "text/javascript; charset=utf-8"),
        ("/assets/messages.js", "text/javascript; charset=utf-8"),
        ("/assets/page.js", "text/javascript; charset=utf-8"),
        ("/assets/service.js", "text/javascript; charset=utf-8"),
        ("/assets/sidebar.js", "text/javascript; charset=utf-8"),
        ("/assets/stream-mode.js", "text/javascript; charset=utf-8"),
        ("/assets/theme.js", "text/javascript; charset=utf-8"),
        ("/assets/markdown.css", "text/css; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ])
    func `an asset says what it is, and is sent only once`(path: String, type: String) async throws {
        try await RunningChat.run { chat in
            let response = try await chat.get(path)
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == [type])
            #expect(response.headers["X-Content-Type-Options"] == ["nosniff"])
            let tag = try #require(response.headers["ETag"].first)
            for known in [tag, "W/\(tag)", "\"other\", \(tag)"] {
                let again = try await chat.get(path, headers: ["If-None-Match": known])
                #expect(again.status == .notModified)
                #expect(try await again.text().isEmpty)
            }
            #expect(try await chat.get(path, headers: ["If-None-Match": "\"other\""]).status == .ok)
        }
    }

    @Test func `the page runs nothing that is not a file of its own`() async throws {
        try await RunningChat.run { chat in
            let page = try await chat.get("/", headers: ["Accept": "text/html"])
            let policy = try #require(page.headers["Content-Security-Policy"].first)
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("script-src 'self';"))
            #expect(!policy.contains("unsafe"))
            let text = try await page.text()
            #expect(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick="))
            #expect(!text.contains("http://") && !text.contains("https://"))
        }
    }

    @Test(arguments: ["/assets/", "/assets/../App.swift", "/assets/none.js", "/assets"])
    func `nothing else is served`(path: String) async throws {
        try await RunningChat.run { chat in
            let response = try await chat.get(path)
            #expect(response.status == .notFound)
        }
    }
}
