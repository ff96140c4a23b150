/// How much a stack is used in a month, as far as its cost depends on it.
public struct Usage: Sendable, Hashable {
    /// Requests to each container with a port and to each function with a route.
    public var requests: Double
    public var secondsPerRequest: Double
    /// Messages through each queue and topic that is no place for dead letters.
    public var messages: Double
    public var secondsPerMessage: Double
    /// In how many hours of the month requests and messages come; in the others everything that can sleep sleeps.
    public var busyHours: Double
    /// In each storage account and each database.
    public var storedGB: Double
    /// Reads and writes of each storage account, half of them either.
    public var storageOperations: Double
    public var requestUnits: Double
    public var logGB: Double
    public var imageGB: Double
    public var secretReads: Double

    public init(
        requests: Double = 100_000,
        secondsPerRequest: Double = 2,
        messages: Double = 100_000,
        secondsPerMessage: Double = 5,
        busyHours: Double = 160,
        storedGB: Double = 5,
        storageOperations: Double = 100_000,
        requestUnits: Double = 1_000_000,
        logGB: Double = 2,
        imageGB: Double = 2,
        secretReads: Double = 10_000
    ) {
        self.requests = requests
        self.secondsPerRequest = secondsPerRequest
        self.messages = messages
        self.secondsPerMessage = secondsPerMessage
        self.busyHours = busyHours
        self.storedGB = storedGB
        self.storageOperations = storageOperations
        self.requestUnits = requestUnits
        self.logGB = logGB
        self.imageGB = imageGB
        self.secretReads = secretReads
    }

    /// The hours of an average month, as price lists count them.
    static let hoursPerMonth = 730.0
    static let secondsPerMonth = hoursPerMonth * 3600

    var busySeconds: Double { min(busyHours, Self.hoursPerMonth) * 3600 }
}
