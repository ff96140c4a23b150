import FakeUpstream
import Foundation
import FunctionsHostSimulator
import JSONText
import Messaging
import NIOHTTP1
import Testing
import ValidatorTools

/// The whole function app, in every host: with a broker, a model and somebody who is notified.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct EventFunctionsTests {
    private static let chat =
        #"{"source":"web","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}],"n":1.0}}"#

    @Test(arguments: Hosting.allCases)
    func `a chat is answered, and the user is told`(hosting: Hosting) async throws {
        try await EventSystem.running { system in
            try await system.functions(hosting) { functions in
                try await Self.chat(system, functions)
            }
        }
    }

    /// Sends a chat, and expects its answer where user messages are delivered.
    private static func chat(_ system: EventSystem, _ functions: RunningFunctions) async throws {
        let accepted = try await functions.answer(try await system.event(chat))
        #expect(accepted.status == 202)
        let id = try #require(accepted.json?["id"]?.string)
        let call = try await system.notified.nextCall()
        let body = try JSON(parsing: call.body)
        #expect(body["userID"] == "ada")
        #expect(body["type"] == "llm.chat.response")
        #expect(body["text"]?.string?.isEmpty == false)
        #expect(body["event"]?["correlationID"]?.string == id)
        try await call.refuse(.ok)
    }

    @Test(arguments: Hosting.allCases)
    func `what an event says arrives unchanged`(hosting: Hosting) async throws {
        let metadata = #"{"text":"Grüße 👋 \"x\"","z":1.0,"a":12345678901234567890,"list":[1e400,null]}"#
        try await EventSystem.running { system in
            try await system.functions(hosting) { functions in
                let event = #"{"source":"s","type":"user.message","metadata":\#(metadata)}"#
                #expect(try await functions.answer(try await system.event(event)).status == 202)
                let call = try await system.notified.nextCall()
                let body = try JSON(parsing: call.body)
                #expect(body["text"] == "Grüße 👋 \"x\"")
                #expect(body["event"]?["metadata"] == (try JSON(parsing: metadata)))
                try await call.refuse(.ok)
            }
        }
    }

    @Test(arguments: Hosting.allCases)
    func `an event that nobody can handle becomes a dead letter with the reason`(hosting: Hosting) async throws {
        try await EventSystem.running { system in
            try await system.functions(hosting) { functions in
                let event = #"{"source":"web","type":"llm.chat","metadata":{}}"#
                let accepted = try await functions.answer(try await system.event(event))
                let letter = try #require(try await system.queue("events-dead").receive(waitingAtMost: .seconds(30)))
                #expect(letter.id == accepted.json?["id"]?.string)
                #expect(letter.subject == "llm.chat")
                #expect(letter.properties["DeadLetterReason"] == "InvalidChat")
                #expect(letter.properties["DeadLetterErrorDescription"]?.contains("metadata.messages") == true)
            }
        }
    }

    @Test(arguments: Hosting.allCases)
    func `a request gets the same refusal`(hosting: Hosting) async throws {
        try await EventSystem.running { system in
            try await system.functions(hosting) { functions in
                let stranger = try await functions.answer(
                    SimulatedRequest("POST", "/api/events", headers: [("Content-Type", "application/json")], body: "{}")
                )
                #expect(stranger.status == 401)
                #expect(stranger.header("www-authenticate")?.hasPrefix("Bearer") == true)
                #expect(stranger.json?["error"]?["code"] == "unauthorized")
                let wrong = try await functions.answer(try await system.event(#"{"source":1,"type":"a b"}"#))
                #expect(wrong.status == 400)
                #expect(wrong.json?["error"]?["details"]?.array?.count == 2)
                #expect(try await functions.answer(SimulatedRequest("GET", "/api/nothing")).status == 404)
            }
        }
    }

    // MARK: The program itself

    @Test(arguments: PayloadEncoding.allCases)
    func `the program works as it is rendered, and is started again after a crash`(
        encoding: PayloadEncoding
    ) async throws {
        let folder = try Self.package()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Self.works(folder, encoding)
    }

    /// Runs an app below a host: it answers, and what it had in hand when it dies is handled again.
    static func works(_ folder: String, _ encoding: PayloadEncoding) async throws {
        try await EventSystem.running { system in
            try await FunctionsHostSimulator.running(
                FunctionAppFolder(at: folder),
                starting: .process,
                encoding: encoding,
                settings: system.settings,
                queues: ["events": try system.queue("events")]
            ) { host in
                let functions = RunningFunctions(
                    answer: { try await host.answer($0) },
                    stop: { await host.stopProgram() }
                )
                try await chat(system, functions)
                // It dies with a message in hand.
                let event = #"{"source":"s","type":"user.message","metadata":{"text":"again"}}"#
                #expect(try await functions.answer(try await system.event(event)).status == 202)
                _ = try await system.notified.nextCall()
                host.killProgram()
                let call = try await system.notified.nextCall()
                #expect(try JSON(parsing: call.body)["text"] == "again")
                try await call.refuse(.ok)
                #expect(host.starts == 2)
                try await chat(system, functions)
                #expect(host.log.contains("answered a chat"), "what it logs reaches the host")
            }
        }
    }

    /// The rendered folder with the program in it, as it is deployed.
    private static func package() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "package-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: RunningFunctions.renderedFolder, toPath: folder)
        let program = "\(UserManager.products)/EventFunctions"
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/EventFunctions", withDestinationPath: program)
        return folder
    }
}

extension EventSystem {
    /// Runs the function app in a host while the body runs.
    fileprivate func functions(
        _ hosting: Hosting,
        _ body: @escaping @Sendable (RunningFunctions) async throws -> Void
    ) async throws {
        try await RunningFunctions.running(
            hosting,
            settings: settings,
            queues: ["events": try queue("events")],
            make: Self.services,
            body
        )
    }
}
