import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1
import Subprocess
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A headless browser, driven over the protocol that all browsers share.
///
/// Source: <https://www.w3.org/TR/webdriver2/>.
struct WebDriver: Sendable {
    static let program = "/usr/bin/chromedriver"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// The driver said something that the protocol does not.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let session: String
    private let client: HTTPClient

    /// Opens a browser for as long as a test.
    ///
    /// The driver takes a free port of `::1` and then wants the same one of `127.0.0.1`, where a test beside this one
    /// may hold it: then it ends at once and is started again.
    static func run(width: Int, height: Int, _ test: @Sendable (WebDriver) async throws -> Void) async throws {
        for _ in 1...5 where try await runOnce(width: width, height: height, test) { return }
        throw Failure(description: "the driver did not start, five times over")
    }

    /// Opens a browser, or answers `false` where the driver found no port.
    private static func runOnce(
        width: Int,
        height: Int,
        _ test: @Sendable (WebDriver) async throws -> Void
    ) async throws -> Bool {
        // A driver that is killed leaves its browser behind; one that is asked to end does not.
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        return try await Subprocess.run(
            .path(.init(program)),
            arguments: ["--port=0"],
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .discarded
        ) { driver in
            guard let port = try await port(of: driver.standardOutput) else { return false }
            try await attempt {
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                try await attempt {
                    let browser = try await open(
                        "http://127.0.0.1:\(port)",
                        client: client,
                        width: width,
                        height: height
                    )
                    try await attempt {
                        try await test(browser)
                    } finally: {
                        try await browser.close()
                    }
                } finally: {
                    try await client.shutdown()
                }
            } finally: {
                try driver.send(signal: .terminate)
            }
            return true
        }
        .closureResult
    }

    /// The port that the driver chose, or `nil` when it ended without one.
    private static func port(of output: SubprocessOutputSequence) async throws -> Int? {
        for try await line in output.strings() where line.contains("started successfully") {
            return line.split(separator: " ").last.flatMap { Int($0.prefix(while: \.isNumber)) }
        }
        return nil
    }

    private static func open(_ driver: String, client: HTTPClient, width: Int, height: Int) async throws -> WebDriver {
        let address = "\(driver)/session"
        let arguments: JSON = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server",
            .string("--window-size=\(width),\(height)"),
        ]
        let session = try await send(
            .POST,
            address,
            [
                "capabilities": [
                    "alwaysMatch": [
                        "goog:chromeOptions": ["args": arguments], "goog:loggingPrefs": ["browser": "ALL"],
                    ]
                ]
            ],
            client
        )
        guard let id = session["sessionId"]?.string else { throw Failure(description: session.text) }
        return WebDriver(session: "\(address)/\(id)", client: client)
    }

    private func close() async throws {
        _ = try await Self.send(.DELETE, session, nil, client)
    }

    // MARK: What a person does

    func visit(_ url: String) async throws {
        try await post("url", ["url": .string(url)])
    }

    func type(_ text: String, into selector: String) async throws {
        try await post("element/\(element(selector))/value", ["text": .string(text)])
    }

    func click(_ selector: String) async throws {
        try await post("element/\(element(selector))/click", [:])
    }

    // MARK: What a person sees

    /// The value of an expression in the page.
    @discardableResult
    func value(of expression: String) async throws -> JSON {
        try await post("execute/sync", ["script": .string("return \(expression)"), "args": []])
    }

    /// Waits until an expression in the page is true; it is looked at again whenever the page changes.
    func wait(until expression: String) async throws {
        let script = """
            const done = arguments[0];
            const look = () => (\(expression)) && (watch.disconnect(), done(true));
            const watch = new MutationObserver(look);
            watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            look();
            """
        try await post("execute/async", ["script": .string(script), "args": []])
    }

    /// What the browser has complained about.
    func complaints() async throws -> [String] {
        try await post("se/log", ["type": "browser"]).array?.compactMap { $0["message"]?.string } ?? []
    }

    // MARK: The protocol

    private func element(_ selector: String) async throws -> String {
        let found = try await post("element", ["using": "css selector", "value": .string(selector)])
        guard let id = found.members?.first?.value.string else { throw Failure(description: found.text) }
        return id
    }

    @discardableResult
    private func post(_ command: String, _ body: JSON) async throws -> JSON {
        try await Self.send(.POST, "\(session)/\(command)", body, client)
    }

    private static func send(
        _ method: HTTPMethod,
        _ url: String,
        _ body: JSON?,
        _ client: HTTPClient
    ) async throws -> JSON {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(bytes: body.bytes)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        let answer = try JSON(parsing: String(buffer: try await response.body.collect(upTo: 1 << 24)))["value"] ?? .null
        guard response.status == .ok else { throw Failure(description: "\(url): \(answer.text)") }
        return answer
    }
}
