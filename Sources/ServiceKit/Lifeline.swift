import NIOCore
import NIOPosix
import ServiceLifecycle

/// Ends the service when the process that started it is gone.
///
/// The supervisor holds the other end of standard input open and never writes. However it dies, the kernel closes that
/// end, and the read here finishes: no orphan is left, on any system, and no process has to be polled.
struct Lifeline: Service {
    /// The environment variable that says standard input is a lifeline.
    static let variable = "SLIPWAY_LIFELINE"

    func run() async throws {
        let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .takingOwnershipOfDescriptor(input: PlatformProcess.duplicate(descriptor: 0)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        // Being told to stop is no failure of the lifeline.
        try? await cancelWhenGracefulShutdown {
            try await channel.executeThenClose { inbound, _ in
                for try await _ in inbound {}
            }
        }
    }
}
