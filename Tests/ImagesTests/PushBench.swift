import AsyncHTTPClient
import Azure
import Images
import Logging
import Settings
import TestInstruments
import Testing
import ValidatorTools

/// An image of a tiny program, and what sends it.
struct PushBench: Sendable {
    let folder: String
    let layout: ImageLayout
    let client: HTTPClient
    /// Everything that was logged.
    let log: Shared<[String]>

    /// Builds the image, of as little as can be where a test wants that, and hands it to a test.
    static func run(isSmall: Bool = false, _ body: @Sendable (PushBench) async throws -> Void) async throws {
        try await Validators.withFolder(of: [("empty", "")]) { folder in
            let program =
                isSmall ? try SampleProgram.smallest(in: folder) : try await SampleProgram.compile(in: folder)
            _ = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let client = HTTPClient(configuration: .azure)
            let log = Shared<[String]>([])
            do {
                try await body(
                    PushBench(
                        folder: folder,
                        layout: ImageLayout(reading: "\(folder)/image"),
                        client: client,
                        log: log
                    )
                )
                try await client.shutdown()
            } catch {
                try? await client.shutdown()
                throw error
            }
        }
    }

    /// Sends the image.
    ///
    /// - Parameters:
    ///   - reference: Where to.
    ///   - layout: Another image than the usual one.
    ///   - credential: What to show there.
    ///   - mountingFrom: Another repository.
    ///   - chunk: How much travels in one request.
    ///   - clock: Measures pauses.
    /// - Returns: What was sent.
    /// - Throws: As ``ImagePush/run()``.
    func push(
        to reference: String,
        _ layout: ImageLayout? = nil,
        credential: RegistryCredential = .anonymous,
        mountingFrom: String? = nil,
        chunk: Int = ImagePush.usualChunk,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> ImagePush.Outcome {
        var policy = ImagePush.usualPolicy
        policy.firstWait = .milliseconds(20)
        policy.tries = 12
        var logger = Logger(label: "tests") { [log] _ in JournalLogHandler(journal: log) }
        logger.logLevel = .trace
        let push = ImagePush(
            layout ?? self.layout,
            to: try #require(ImageReference(reference)),
            credential: credential,
            mountingFrom: mountingFrom,
            chunk: chunk,
            connection: AzureConnection(
                client: client,
                time: TimeSource(clock: clock),
                random: RandomSource(SeededGenerator(seed: 1)),
                logger: logger,
                onEvent: { [log] event in log.withLock { $0.append("\(event)") } }
            ),
            policy: policy
        )
        return try await push.run()
    }
}
