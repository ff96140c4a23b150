/// Shows a person how to sign in on any device.
public protocol DeviceCodePrompt: Sendable {
    func show(_ invitation: DeviceCodeInvitation) async
}

/// What a person needs to sign in.
public struct DeviceCodeInvitation: Sendable, Hashable {
    /// What to type: `ABCD-EFGH`.
    public let code: String
    /// Where to type it.
    public let address: String
    /// Both in a sentence, in the language of the authority's choice.
    public let message: String
    public let validFor: Duration
}
