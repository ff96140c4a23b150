import Foundation
import JSONText
import Messaging
import TestInstruments

extension FunctionsHostSimulator {
    /// A request from outside.
    ///
    /// - Returns: 404 where no function takes it, 500 where its function fails.
    public func answer(_ request: SimulatedRequest) async throws -> SimulatedAnswer {
        for function in folder.functions {
            guard case .http(let input, let methods, let route) = function.trigger,
                methods.contains(request.method.lowercased()),
                let parameters = parameters(of: request.path, in: "\(folder.routePrefix)/\(route)")
            else { continue }
            if proxiesRequests, function.outputs.count == 1 { return try await forward(request) }
            let payload = payload.request(request, parameters: parameters, input: input, function: function.name)
            do {
                return try await invoke(function, payload).response(named: function.response ?? "")
            } catch {
                return SimulatedAnswer(status: 500, headers: [], body: [])
            }
        }
        return SimulatedAnswer(status: 404, headers: [], body: [])
    }

    /// Has a timer ring.
    public func ring(_ name: String, isPastDue: Bool = false) async throws(InvocationFailure) {
        guard let function = folder.functions.first(where: { $0.name == name }),
            case .timer(let input, _) = function.trigger
        else { throw .breach("there is no timer \(name)") }
        _ = try await invoke(function, payload.timer(input: input, isPastDue: isPastDue, function: name))
    }

    func runOnStartup() async throws(InvocationFailure) {
        for function in folder.functions {
            if case .timer(_, runsOnStartup: true) = function.trigger { try await ring(function.name) }
        }
    }

    /// Has a function run, and reads the answer.
    func invoke(_ function: DeployedFunction, _ payload: JSON) async throws(InvocationFailure) -> InvocationAnswer {
        let request = SimulatedRequest(
            "POST",
            "/\(function.name)",
            headers: [("Content-Type", "application/json; charset=utf-8")],
            body: payload.text
        )
        let answer: SimulatedAnswer
        do {
            try await client.waitUntilReady()
            answer = try await forward(request)
        } catch {
            throw .unreachable
        }
        do {
            return try InvocationAnswer(answer, to: function)
        } catch {
            if case .breach(let breach) = error { breaches.withLock { $0.append("\(function.name): \(breach)") } }
            throw error
        }
    }

    private static let version = "4.1044.350.0"

    /// Sends a request to the program, with the headers that the host adds to every one.
    private func forward(_ request: SimulatedRequest) async throws -> SimulatedAnswer {
        var request = request
        request.headers.removeAll { $0.name.lowercased() == "user-agent" }
        request.headers += [
            ("X-Azure-Functions-InvocationId", UUID().uuidString),
            ("X-Azure-Functions-HostVersion", Self.version),
            ("User-Agent", "Azure-Functions-Host/\(Self.version)"),
        ]
        return try await client.send(request)
    }

    /// The parameters of a route; `nil` where the path does not match it.
    private func parameters(of path: String, in route: String) -> [JSON.Member]? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        let pattern = route.split(separator: "/")
        guard parts.count == pattern.count else { return nil }
        var parameters: [JSON.Member] = []
        for (part, expected) in zip(parts, pattern) {
            if expected.hasPrefix("{"), expected.hasSuffix("}") {
                parameters.append(.init(String(expected.dropFirst().dropLast()), .string(String(part))))
            } else if part.lowercased() != expected.lowercased() {
                return nil
            }
        }
        return parameters
    }
}
