import JSONText
import Planning

/// The events of a deployment for programs: one JSON object a line.
///
/// Every object has `event` and `elapsed`, the seconds since the start. `event` is one of
/// - `started`: `id`, `name`, `activity` (`creating`, `updating`, `deleting`, `replacing`, `adopting`);
/// - `waiting`: `seconds`, `reason`, and `id` and `name` where one step waits;
/// - `succeeded`: `id`, `name`, `duration` in seconds;
/// - `failed`: `id`, `name`, `duration`, `problem` with `code`, `message`, `request`, `remedy`, and `requestID` and
///   `correlationID` where Azure gave them;
/// - `skipped`: `id`, `name`, `because`, the identifier of the step that failed;
/// - `noted`: `message`;
/// - `output`: `name`, `description`, `value`.
///
/// The end of the stream is the end of the deployment; readers must pass over events and members that they do not know.
struct EventJSON {
    let names: ResourceNames

    func object(_ event: DeploymentEvent, at time: Duration) -> JSON {
        switch event {
        case .started(let id, let activity):
            step("started", id, at: time, ["activity": .string(activity.rawValue)])
        case .waiting(let id, let wait, let reason):
            step("waiting", id, at: time, ["seconds": Self.seconds(wait), "reason": .string(reason)])
        case .succeeded(let id, let duration):
            step("succeeded", id, at: time, ["duration": Self.seconds(duration)])
        case .failed(let id, let problem, let duration):
            step("failed", id, at: time, ["duration": Self.seconds(duration), "problem": problem.json])
        case .skipped(let id, let culprit): step("skipped", id, at: time, ["because": .string(culprit)])
        case .noted(let sentence): step("noted", nil, at: time, ["message": .string(sentence)])
        }
    }

    static func object(_ output: DeploymentOutput, at time: Duration) -> JSON {
        [
            "event": "output", "elapsed": seconds(time), "name": .string(output.name),
            "description": .string(output.description), "value": .string(output.value),
        ]
    }

    private func step(_ event: String, _ id: String?, at time: Duration, _ facts: KeyValuePairs<String, JSON>) -> JSON {
        let subject = id.map { [JSON.Member("id", .string($0)), .init("name", .string(names[$0].description))] } ?? []
        let head = [JSON.Member("event", .string(event)), .init("elapsed", Self.seconds(time))]
        return .object(head + subject + facts.map { JSON.Member($0.key, $0.value) })
    }

    /// Seconds with three digits.
    private static func seconds(_ duration: Duration) -> JSON {
        let thousandths = Int(max(.zero, duration) / .milliseconds(1) + 0.5)
        let rest = String(1000 + thousandths % 1000).dropFirst()
        return .number("\(thousandths / 1000).\(rest)")
    }
}

extension DeploymentProblem {
    /// The facts for programs.
    var json: JSON {
        .compact([
            "code": .string(code), "message": .string(message), "request": .string(request),
            "requestID": requestID.map { .string($0) }, "correlationID": correlationID.map { .string($0) },
            "remedy": .string(remedy), "log": log.isEmpty ? nil : .array(log.map { .string($0) }),
        ])
    }
}
