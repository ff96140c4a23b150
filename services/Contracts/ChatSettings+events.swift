public import Settings

/// The part of the chat container that sends chats as events, and shows what is delivered to users.
extension ChatSettings {
    /// The address of the event API; with it the page offers to send chats as events.
    public static let eventsURL = Setting<String>("EVENTS_URL", required: false)
    /// Signs the tokens that go to the event API; the key that requests are checked with where nothing is said.
    public static let eventsSigningKey = SecretSetting<String>("EVENTS_SIGNING_KEY", required: false)
    /// With a key, whatever is posted to `/notify` must be signed with it.
    public static let notifySigningKey = SecretSetting<String>("NOTIFY_SIGNING_KEY", required: false)

    public static let eventSettings = [
        eventsURL.declaration, eventsSigningKey.declaration, notifySigningKey.declaration,
    ]
}
