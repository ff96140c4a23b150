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

    /// Types into whatever has the focus; ``Key`` has those that make no letter.
    func press(_ keys: String) async throws {
        let active = try await Self.send(.GET, "\(session)/element/active", nil, client)
        guard let id = active.members?.first?.value.string else { throw Failure(description: active.text) }
        try await post("element/\(id)/value", ["text": .string(keys)])
    }

    /// Looks at the page as a device with these colours and this size would.
    ///
    /// A window of a browser without a screen is never narrower than 500 pixels; a device may be. Source:
    /// chromedevtools.github.io/devtools-protocol/tot/Emulation
    func emulate(width: Int, height: Int, scheme: String = "light") async throws {
        try await tool(
            "Emulation.setDeviceMetricsOverride",
            ["width": JSON(width), "height": JSON(height), "deviceScaleFactor": 1, "mobile": false]
        )
        let features: JSON = [
            ["name": "prefers-color-scheme", "value": .string(scheme)],
            ["name": "prefers-reduced-motion", "value": "reduce"],
        ]
        try await tool("Emulation.setEmulatedMedia", ["features": features])
    }

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

    /// The value of an expression in the page that may wait for something.
    func eventually(_ expression: String) async throws -> JSON {
        let script = "const done = arguments[0]; (async () => done(\(expression)))();"
        return try await post("execute/async", ["script": .string(script), "args": []])
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

    /// Keeps a picture of the page in `.build/screenshots`, for people.
    func keepPicture(_ name: String) async throws {
        let picture = try await Self.send(.GET, "\(session)/screenshot", nil, client)
        guard let text = picture.string, let data = Data(base64Encoded: text) else {
            throw Failure(description: "no picture")
        }
        let folder = URL(filePath: ".build/screenshots")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try data.write(to: folder.appending(path: "\(name).png"))
    }

    // MARK: The protocol

    private func tool(_ command: String, _ parameters: JSON) async throws {
        try await post("goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }

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

/// Keys that make no letter.
///
/// Source: <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
enum Key {
    static let tab = "\u{E004}"
    static let shift = "\u{E008}"
    static let escape = "\u{E00C}"
    static let enter = "\u{E007}"
    static let space = " "
}
