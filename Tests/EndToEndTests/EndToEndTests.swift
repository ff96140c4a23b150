import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import Testing
import TestInstruments

/// The whole product as a user meets it: real processes, real sockets, real files.
@Suite(.serialized) struct EndToEndTests {
    @Test func `an event is answered and its answer delivered`() async throws {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                let answer = try await post(
                    "\(system.eventsURL)/api/events",
                    #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hello"}]}}"#,
                    token: token
                )
                #expect(answer.status == 202)
                #expect(try JSON(parsing: answer.body)["id"]?.string?.isEmpty == false)
                try await eventually { receiver.received.keys.contains { $0.contains("offline") } }
            }
        }
    }

    @Test func `a chat streams in more than one piece`() async throws {
        try await LocalSystem.running { system in
            var request = HTTPClientRequest(url: "\(system.chatURL)/api/chat/stream")
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: #"{"message":"Hello"}"#))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            #expect(response.status == .ok)
            var pieces = 0
            for try await piece in response.body where piece.readableBytes > 0 { pieces += 1 }
            #expect(pieces > 1)
        }
    }

    @Test func `production answers through its worker`() async throws {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(stage: "production", environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                let body = #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}]}}"#
                #expect(try await post("\(system.eventsURL)/api/events", body, token: token).status == 202)
                try await eventually { receiver.received.keys.contains { $0.contains("offline") } }
                #expect(
                    try await post("\(system.chatURL)/api/chat/stream", #"{"message":"Hi"}"#, token: nil).status == 401
                )
            }
        }
    }

    @Test func `nothing that was accepted is lost when services are killed`() async throws {
        let count = 1000
        var generator = SeededGenerator(seed: 20_260_101)
        let victims = ["broker", "functions", "broker", "functions", "broker", "functions"]
        let kills = victims.map { (service: $0, afterAccepted: Int.random(in: 1..<count, using: &generator)) }
            .sorted { $0.afterAccepted < $1.afterAccepted }
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                let progress = Progress()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<16 {
                        group.addTask {
                            for index in stride(from: worker, to: count, by: 16) {
                                try await send("event \(index)", to: system, token: token)
                                progress.advance()
                            }
                        }
                    }
                    group.addTask {
                        for kill in kills {
                            try await eventually { progress.count >= kill.afterAccepted }
                            if let id = try await system.processID(of: kill.service) { Foundation.kill(id, SIGKILL) }
                        }
                    }
                    try await group.waitForAll()
                }
                try await eventually(within: .seconds(120)) { receiver.received.count == count }
                let restarts = try await system.status()["services"]?.array?.compactMap { $0["restarts"]?.integer }
                #expect((restarts ?? []).reduce(0, +) > 0)
            }
        }
    }

    @Test func `a killed supervisor leaves no process behind and the next start works`() async throws {
        let system = try LocalSystem()
        try await system.start()
        let supervisor = try #require(try await system.status()["supervisor"]?.integer)
        #expect(system.processIDs.count == 4)
        Foundation.kill(Int32(supervisor), SIGKILL)
        try await eventually { system.processIDs.isEmpty }
        #expect(try await system.infra("status").code == 1)
        try await system.start()
        #expect(try await system.infra("down").code == 0)
        #expect(system.processIDs.isEmpty)
        try FileManager.default.removeItem(at: system.folder)
    }

    @Test func `down stops everything and keeps what was accepted`() async throws {
        try await Receiver.listening { receiver, url in
            let system = try LocalSystem(environment: ["NOTIFY_URL": url])
            try await system.start()
            let token = try await system.token(for: "ada")
            for index in 0..<50 { try await send("event \(index)", to: system, token: token) }
            #expect(try await system.infra("down").code == 0)
            #expect(system.processIDs.isEmpty)
            try await system.start()
            try await eventually { receiver.received.count == 50 }
            _ = try await system.infra("down")
            try FileManager.default.removeItem(at: system.folder)
        }
    }

    @Test func `a key of the user's appears nowhere`() async throws {
        let canary = "sk-canary-5b1f0f7e9d"
        let environment = ["OPENAI_API_KEY": canary, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"]
        try await LocalSystem.running(environment: environment) { system in
            let token = try await system.token(for: "ada")
            let chat = #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}]}}"#
            #expect(try await post("\(system.eventsURL)/api/events", chat, token: token).status == 202)
            let failed = try await post("\(system.chatURL)/api/chat/stream", #"{"message":"Hi"}"#, token: nil)
            #expect((500..<600).contains(failed.status))
            var texts = [String(decoding: failed.body, as: UTF8.self)]
            for words in [["status"], ["logs"], ["graph"], ["doctor"], ["graph", "--format", "svg"]] {
                let result = try await system.infra(words)
                texts += [result.output, result.errors]
            }
            for id in system.processIDs {
                texts.append((try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)) ?? "")
            }
            for file in try FileManager.default.subpathsOfDirectory(atPath: system.folder.path) {
                let data = FileManager.default.contents(atPath: system.folder.appending(path: file).path) ?? Data()
                texts.append(String(decoding: data, as: UTF8.self))
            }
            #expect(texts.count > 10)
            #expect(texts.filter { $0.contains(canary) }.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a start in the background ends when a service refuses its configuration, and says why`() async throws {
        let canary = "sk-canary-of-a-start"
        let system = try LocalSystem(environment: ["CONFIG_PATH": "/nowhere/\(canary).toml", "OPENAI_API_KEY": canary])
        let result = try await system.infra("up", "--detach", "--port-offset", String(system.portOffset))
        #expect(result.code == 78)
        #expect(result.errors.contains("chat does not stay up: exit code 78"))
        #expect(result.errors.contains("/nowhere/<secret>.toml cannot be read."))
        #expect(result.errors.contains("Everything was stopped."))
        #expect(!(result.output + result.errors).contains(canary))
        #expect(system.processIDs.isEmpty)
        #expect(try await system.infra("status").code == 1)
        try FileManager.default.removeItem(at: system.folder)
    }

    @Test func `a taken port is told with the process that holds it`() async throws {
        try await Receiver.listening { _, url in
            let port = try #require(URL(string: url)?.port)
            let system = try LocalSystem()
            let result = try await system.infra("up", "--port-offset", String(port - 8000))
            #expect(result.code == 1)
            #expect(result.errors.contains("Port \(port) is taken by"))
            #expect(result.errors.contains("PID \(ProcessInfo.processInfo.processIdentifier)"))
            #expect(system.processIDs.isEmpty)
        }
    }
}

struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]
}

func post(_ url: String, _ body: String, token: String?) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    request.body = .bytes(ByteBuffer(string: body))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
}

/// Sends an event until it is accepted, as a careful client does.
func send(_ text: String, to system: LocalSystem, token: String) async throws {
    let event: JSON = ["source": "t", "type": "user.message", "metadata": ["text": .string(text)]]
    try await eventually {
        let answer = try? await post("\(system.eventsURL)/api/events", event.text, token: token)
        return answer?.status == 202
    }
}
