import NIOSSL
import Redis
import RedisServer
import Settings
import TestInstruments
import Testing
import TestNetwork

/// The client against a real server.
@Suite(.timeLimit(.minutes(1)), .enabled(if: RedisServer.isExpected, RedisServer.missing)) struct RedisClientTests {
    @Test func `an argument is an argument, whatever it holds`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                let evil = "x\r\n*1\r\n$8\r\nFLUSHALL\r\n\0"
                _ = try await client.send(RedisCommand("SET", .init(evil), .init(evil)))
                #expect(try await client.send(RedisCommand("GET", .init(evil))).text == evil)
                #expect(try await client.send(RedisCommand("DBSIZE")).integer == 1)
            }
        }
    }

    @Test func `commands of many tasks share a connection, and each gets its own answer`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<2000 {
                        group.addTask {
                            let text = RedisCommand.Argument(number)
                            return try await client.send(RedisCommand("ECHO", text)).integer == number
                        }
                    }
                    for try await isOwn in group { #expect(isOwn) }
                }
                let clients = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
                #expect(clients.split(separator: "\n").count == 1)
            }
        }
    }

    @Test func `a password and a database are used, and a wrong password is told without it`() async throws {
        try await RedisServer.run(["--requirepass", "a canary"]) { server in
            var address = server.address
            address.database = 3
            address.password = SecretValue("a canary")
            try await RedisClient.run(address) { client in
                _ = try await client.send(RedisCommand("SET", "a", "1"))
                let clients = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
                #expect(clients.contains(" db=3 "))
            }
            address.password = SecretValue("another canary")
            try await RedisClient.run(address) { client in
                let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error == .refused(code: "WRONGPASS"))
            }
        }
    }

    @Test func `a script is sent once, and then known by its name`() async throws {
        let script = RedisScript("return {KEYS[1], ARGV[1], redis.error_reply('NOTHERE of canary')}")
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                for _ in 0..<2 {
                    let answer = try await client.run(script, keys: ["k"], ["v"])
                    #expect(answer == .array([.bytes([107]), .bytes([118]), .error(code: "NOTHERE")]))
                }
                let statistics = try await client.send(RedisCommand("INFO", "commandstats")).text ?? ""
                #expect(statistics.contains("cmdstat_eval:calls=1,"))
                #expect(statistics.contains("cmdstat_evalsha:calls=2,"))
            }
        }
    }

    @Test func `what waits on the server holds up nobody, and leaves when it is cancelled`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                await withTaskGroup(of: RedisError?.self) { group in
                    group.addTask {
                        do {
                            _ = try await client.send(RedisCommand("BLPOP", "list", "0"), waitingAtMost: .seconds(600))
                            return nil
                        } catch {
                            #expect(error is CancellationError)
                            return error as? RedisError
                        }
                    }
                    // The server knows of one who waits.
                    while (try? await client.send(RedisCommand("INFO", "clients")).text)?
                        .contains("blocked_clients:1") != true
                    { await Task.yield() }
                    group.cancelAll()
                }
                while try await client.send(RedisCommand("INFO", "clients")).text?.contains("blocked_clients:0") != true
                { await Task.yield() }
                // Connections that were not cancelled are used again.
                for _ in 0..<3 {
                    _ = try await client.send(RedisCommand("BLPOP", "list", "0.01"), waitingAtMost: .milliseconds(10))
                }
                let clients = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
                #expect(clients.split(separator: "\n").count == 2)
            }
        }
    }

    @Test func `a server that goes away is found again`() async throws {
        try await RedisServer.withFolder { folder in
            let port = try await FreePort.find()
            try await RedisClient.run(RedisAddress(host: "127.0.0.1", port: port)) { client in
                try await RedisServer.run(in: folder, on: port) { server in
                    while (try? await client.send(RedisCommand("SET", "a", "1"))) == nil { await Task.yield() }
                    try server.kill()
                }
                await #expect(throws: RedisError.self) {
                    while !Task.isCancelled { _ = try await client.send(RedisCommand("PING")) }
                }
                try await RedisServer.run(in: folder, on: port) { _ in
                    var value: RedisValue?
                    while value == nil {
                        value = try? await client.send(RedisCommand("GET", "a"))
                        await Task.yield()
                    }
                    #expect(value?.text == "1")
                }
            }
        }
    }

    @Test func `an answer that is too long is not read, and the next one is`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address, options: .init(answerBytes: 1000)) { client in
                _ = try await client.send(RedisCommand("SET", "a", .init(String(repeating: "x", count: 2000))))
                await #expect(throws: RedisError.answerTooLarge) { try await client.send(RedisCommand("GET", "a")) }
                let answer = try await client.send(RedisCommand("PING"))
                #expect(answer.text == "PONG")
            }
        }
    }

    @Test func `an answer that does not come is given up, and the next one comes`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address, options: .init(answerTime: .milliseconds(300))) { client in
                await #expect(throws: RedisError.timedOut) { try await client.send(RedisCommand("BLPOP", "list", "0")) }
                // On a busy machine even this may take too long now and then.
                while (try? await client.send(RedisCommand("PING"))) == nil { await Task.yield() }
            }
        }
    }

    @Test func `more commands than there is room for are refused at once`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address, options: .init(pendingBytes: 100)) { client in
                let large = RedisCommand.Argument(String(repeating: "x", count: 200))
                await #expect(throws: RedisError.overloaded) { try await client.send(RedisCommand("ECHO", large)) }
                let answer = try await client.send(RedisCommand("PING"))
                #expect(answer.text == "PONG")
            }
        }
    }

    @Test func `a connection that ended behind its client's back costs no command`() async throws {
        try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                for _ in 0..<3 {
                    let pop = RedisCommand("BLPOP", "list", "0.01")
                    let nothing = try await client.send(pop, waitingAtMost: .milliseconds(10))
                    #expect(nothing == .null)
                    let kill = RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                    #expect(try await client.send(kill).integer == 1)
                    // The server answers before it closes what it has killed.
                    let others = RedisCommand("CLIENT", "LIST", "TYPE", "normal")
                    while try await client.send(others).text?.split(separator: "\n").count != 1 { await Task.yield() }
                }
            }
        }
    }

    @Test func `an address with two s is spoken to over TLS, and a stranger's certificate is refused`() async throws {
        try await RedisServer.withFolder { folder in
            let port = try await FreePort.find()
            let certificate = try await RedisServer.makeCertificate(in: folder)
            let arguments = [
                "--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-cert-file", certificate,
                "--tls-key-file", certificate,
            ]
            try await RedisServer.run(in: folder, on: port, arguments) { server in
                var address = server.address
                address.usesTLS = true
                var tls = TLSConfiguration.makeClientConfiguration()
                try await RedisClient.run(address, options: .init(tls: tls)) { client in
                    let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                    guard case .unreachable(let reason) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(reason.contains("CERTIFICATE"))
                }
                tls.trustRoots = .file(certificate)
                try await RedisClient.run(address, options: .init(tls: tls)) { client in
                    let answer = try await client.send(RedisCommand("PING"))
                    #expect(answer.text == "PONG")
                }
            }
        }
    }

    @Test func `a client that has ended says so`() async throws {
        let client = try await RedisServer.run { server in
            try await RedisClient.run(server.address) { client in
                _ = try await client.send(RedisCommand("PING"))
                return client
            }
        }
        await #expect(throws: RedisError.closed) { try await client.send(RedisCommand("PING")) }
    }
}
