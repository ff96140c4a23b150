import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Messages as a table, and their bodies under it; nothing in them reaches the terminal that would move its cursor.
struct MessageView {
    let palette: Palette

    /// The lines for messages of one place.
    ///
    /// - Parameters:
    ///   - messages: What was found there.
    ///   - place: Where that was.
    /// - Returns: A line of headings, and at least one for each message; none where there is no message.
    func lines(_ messages: [MessageFacts], at place: MessagePlace) -> [String] {
        let table = TextTable(palette: palette)
        let headings = ["ID", "SUBJECT", "ENQUEUED", "DELIVERIES", "CORRELATION", "SIZE"]
        let rows = messages.map { message -> [TextTable.Cell] in
            [
                cell(message.id), cell(message.subject), .init(message.enqueuedAt.formatted(.iso8601)),
                deliveries(message, place), cell(message.correlationID), .init("\(message.size) B"),
            ]
        }
        let lines = table.lines(headings, rows)
        return lines.prefix(1) + zip(lines.dropFirst(), messages).flatMap { [$0] + details($1) }
    }

    private func cell(_ text: String?) -> TextTable.Cell { .init(text.map(\.onOneLine) ?? "–") }

    private func deliveries(_ message: MessageFacts, _ place: MessagePlace) -> TextTable.Cell {
        guard let limit = place.maxDeliveries else { return .init("\(message.deliveries)") }
        return .init("\(message.deliveries) of \(limit)", message.deliveries + 1 >= limit ? .red : nil)
    }

    private func details(_ message: MessageFacts) -> [String] {
        let facts = [
            ("reason", message.deadLetter?.reason), ("description", message.deadLetter?.description),
            ("given up by", message.deadLetter?.source),
            ("original id", message.originalID == message.id ? nil : message.originalID),
        ]
        let words = facts.compactMap { name, value in value.map { "  \(palette.dim("\(name):")) \($0.onOneLine)" } }
        return words + (message.body.map(body) ?? [])
    }

    private func body(_ bytes: [UInt8]) -> [String] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return ["  \(palette.dim("body:")) \(bytes.count) bytes that are no text; --json has them as base64"]
        }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { "  \(palette.dim("│")) \(String($0).withoutControls)" }
    }
}

extension MessageFacts {
    var json: JSON {
        let text = body.flatMap { String(validating: $0, as: UTF8.self) }
        return .compact([
            "id": .string(id), "subject": subject.map { .string($0) },
            "enqueuedAt": .string(enqueuedAt.formatted(.iso8601)), "deliveries": JSON(deliveries),
            "correlationID": correlationID.map { .string($0) }, "contentType": contentType.map { .string($0) },
            "size": JSON(size), "originalID": originalID.map { .string($0) },
            "reason": deadLetter?.reason.map { .string($0) },
            "description": deadLetter?.description.map { .string($0) },
            "source": deadLetter?.source.map { .string($0) }, "body": text.map { .string($0) },
            "bodyBase64": text == nil ? body.map { .string(Data($0).base64EncodedString()) } : nil,
        ])
    }
}
