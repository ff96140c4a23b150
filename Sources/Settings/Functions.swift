/// A function that answers HTTP requests.
///
/// The route is relative to the function app's `/api` prefix and may hold `{name}` parameters:
/// `HTTPFunction("GetPost", .get, "posts/{id}")`.
public struct HTTPFunction: Sendable, Hashable {
    public let name: String
    public let method: Method
    public let route: String

    public enum Method: String, Sendable, Hashable, CaseIterable { case get, post, put, patch, delete }

    public init(_ name: String, _ method: Method, _ route: String) {
        self.name = name
        self.method = method
        self.route = route
    }
}

/// A function that handles the messages of one queue or subscription.
///
/// The stack must bind it to a source of the same `Message` type, and the compiler checks that it does.
public struct QueueFunction<Message>: Sendable, Hashable {
    public let name: String

    public init(_ name: String, of message: Message.Type = Message.self) {
        self.name = name
    }
}

/// A function that runs on a schedule.
public struct TimerFunction: Sendable, Hashable {
    public let name: String
    public let schedule: TimerSchedule
    /// Whether it also runs when the app starts, for what must be made up for after a pause.
    ///
    /// In Azure an app starts whenever it wakes up or gets one more instance, at any time and several times at once, so
    /// the function must do no harm when it runs too often.
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer#configuration
    public let runsOnStartup: Bool

    public init(_ name: String, _ schedule: TimerSchedule, runsOnStartup: Bool = false) {
        self.name = name
        self.schedule = schedule
        self.runsOnStartup = runsOnStartup
    }
}

/// When a timer function runs, in UTC.
public enum TimerSchedule: Sendable, Hashable {
    /// At every minute that is a multiple of `minutes`, counted from the full hour; 1 to 59.
    case everyMinutes(Int)
    /// Once an hour, at this minute; 0 to 59.
    case hourly(minute: Int)
    /// Once a day; hour 0 to 23, minute 0 to 59.
    case daily(hour: Int, minute: Int)
}
