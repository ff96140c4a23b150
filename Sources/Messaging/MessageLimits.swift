/// What a broker of the Standard tier takes.
///
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
public enum MessageLimits {
    /// Bytes of one message, its properties included; also of one batch.
    public static let messageBytes = 256 * 1024
    /// Bytes of all custom properties together, as they are written to the wire.
    package static let propertyBytes = 64 * 1024
    /// Characters of a message id.
    package static let idCharacters = 128
    /// Messages of one batch; the bound on what has to be held in memory while it is read.
    package static let batchMessages = 4500
}

extension OutgoingMessage {
    /// The bytes that count against the limit: the body, and every text that travels with it.
    package var size: Int {
        let texts = [id, subject ?? "", correlationID ?? "", contentType]
        let properties = properties.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return body.count + properties + texts.reduce(0) { $0 + $1.utf8.count }
    }

    /// Finds what no broker would take, before anything is sent.
    ///
    /// - Throws: ``MessagingError/tooLarge`` or ``MessagingError/invalidMessage(reason:)``.
    package func check() throws(MessagingError) {
        guard size <= MessageLimits.messageBytes else { throw .tooLarge }
        if !properties.isEmpty {
            let wire = PropertyCoding.encode(properties).reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
            guard wire <= MessageLimits.propertyBytes else { throw .tooLarge }
        }
        // Counting bytes is cheap, and no character has less than one.
        let isShort = id.utf8.count <= MessageLimits.idCharacters || id.count <= MessageLimits.idCharacters
        guard isShort, !id.isEmpty else {
            throw .invalidMessage(reason: "a message id has 1 to \(MessageLimits.idCharacters) characters")
        }
        guard contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .invalidMessage(reason: "a content type consists of printable ASCII")
        }
    }
}
