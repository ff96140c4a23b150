import ArgumentParser
import JSONText
import Planning
import StackGraph
import StackModel

/// Says what the stack costs.
struct CostCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "cost",
            abstract: "Estimate what the stack costs in a month on Azure, by list prices and your assumptions."
        )
    }

    enum Form: String, CaseIterable, ExpressibleByArgument { case human, json, markdown }

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var usage: UsageOptions
    @OptionGroup var colors: ColorOptions

    @Option(help: "How to tell it: \(Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output: Form?

    @Flag(help: "One JSON document: the same as --output json.")
    var json = false

    func validate() throws {
        guard output == nil || !json else {
            throw ValidationError("--output and --json say the same thing differently. Choose one.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let estimate = CostEstimate(try stage.stack().lowered(), usage.usage)
            let text =
                switch output ?? (json ? .json : .human) {
                case .human: CostView(palette: colors.palette(environment)).lines(estimate).joined(separator: "\n")
                case .json: CostJSON.document(estimate).text
                case .markdown: CostMarkdown.text(estimate)
                }
            Terminal.output.write(text)
            StepSummary(environment.variables).append { limit in
                let report = CostMarkdown.text(estimate) + "\n"
                return report.utf8.count <= limit ? report : ""
            }
        }
    }
}

/// How much the stack is used in a month.
struct UsageOptions: ParsableArguments {
    @Option(help: "Requests to each web container and each function with a route.")
    var requests = Usage().requests

    @Option(help: "How long one takes.")
    var requestSeconds = Usage().secondsPerRequest

    @Option(help: "Messages through each queue and topic.")
    var messages = Usage().messages

    @Option(help: "How long one takes.")
    var messageSeconds = Usage().secondsPerMessage

    @Option(help: "Hours of the month in which requests and messages come.")
    var busyHours = Usage().busyHours

    @Option(name: .customLong("stored-gb"), help: "Gigabytes in each storage account and database.")
    var storedGB = Usage().storedGB

    @Option(help: "Reads and writes of each storage account.")
    var storageOperations = Usage().storageOperations

    @Option(help: "Request units of each database.")
    var requestUnits = Usage().requestUnits

    @Option(name: .customLong("log-gb"), help: "Gigabytes of logs.")
    var logGB = Usage().logGB

    @Option(name: .customLong("image-gb"), help: "Gigabytes of images in each registry.")
    var imageGB = Usage().imageGB

    @Option(help: "Reads of secrets from each vault.")
    var secretReads = Usage().secretReads

    func validate() throws {
        for assumption in UsageAssumption.all(usage) where !(assumption.value >= 0 && assumption.value < 1e15) {
            throw ValidationError("\(assumption.option) must be a number from 0 on.")
        }
    }

    var usage: Usage {
        Usage(
            requests: requests,
            secondsPerRequest: requestSeconds,
            messages: messages,
            secondsPerMessage: messageSeconds,
            busyHours: busyHours,
            storedGB: storedGB,
            storageOperations: storageOperations,
            requestUnits: requestUnits,
            logGB: logGB,
            imageGB: imageGB,
            secretReads: secretReads
        )
    }
}

/// An assumption, the option that changes it, and its name in JSON.
struct UsageAssumption {
    let option: String
    let name: String
    let words: String
    let value: Double

    static func all(_ usage: Usage) -> [UsageAssumption] {
        [
            .init("--requests", "requests", "requests to each web container and function", usage.requests),
            .init("--request-seconds", "requestSeconds", "seconds a request", usage.secondsPerRequest),
            .init("--messages", "messages", "messages through each queue and topic", usage.messages),
            .init("--message-seconds", "messageSeconds", "seconds a message", usage.secondsPerMessage),
            .init("--busy-hours", "busyHours", "hours with requests and messages", usage.busyHours),
            .init("--stored-gb", "storedGB", "GB in each storage account and database", usage.storedGB),
            .init("--storage-operations", "storageOperations", "reads and writes of storage", usage.storageOperations),
            .init("--request-units", "requestUnits", "request units of each database", usage.requestUnits),
            .init("--log-gb", "logGB", "GB of logs", usage.logGB),
            .init("--image-gb", "imageGB", "GB of images", usage.imageGB),
            .init("--secret-reads", "secretReads", "reads of secrets", usage.secretReads),
        ]
    }

    private init(_ option: String, _ name: String, _ words: String, _ value: Double) {
        self.option = option
        self.name = name
        self.words = words
        self.value = value
    }
}
