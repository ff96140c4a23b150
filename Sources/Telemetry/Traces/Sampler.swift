#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which traces are recorded.
///
/// Source: opentelemetry.io/docs/specs/otel/trace/sdk/#sampling
public struct Sampler: Sendable, Hashable {
    /// What is decided where nothing came before.
    enum Root: Sendable, Hashable {
        case always
        case never
        /// This share of all traces, 0 to 1.
        case share(Double)
    }

    let root: Root
    /// Whether the decision of those before is kept.
    let followsParent: Bool

    /// Everything, unless those before say otherwise.
    public static let standard = Sampler(root: .always, followsParent: true)

    /// Reads `OTEL_TRACES_SAMPLER` and its argument.
    ///
    /// Source: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
    ///
    /// - Returns: `nil` for a name or a share that is none.
    init?(name: String, argument: String?) {
        let base = name.hasPrefix("parentbased_") ? String(name.dropFirst("parentbased_".count)) : name
        let root: Root
        switch base {
        case "always_on": root = .always
        case "always_off": root = .never
        case "traceidratio":
            guard let share = Double(argument ?? "1"), (0...1).contains(share) else { return nil }
            root = .share(share)
        default: return nil
        }
        self.init(root: root, followsParent: base != name)
    }

    private init(root: Root, followsParent: Bool) {
        self.root = root
        self.followsParent = followsParent
    }

    /// Whether a piece of work is recorded.
    ///
    /// - Parameters:
    ///   - trace: The trace that the work belongs to.
    ///   - parent: What caused it, where that is known.
    /// - Returns: The decision, which is the same for all parts of a trace.
    func samples(_ trace: TraceParent, after parent: TraceParent?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        switch root {
        case .always: return true
        case .never: return false
        // The last 56 bits are random, whoever made the id, so that all services decide alike.
        // Source: w3.org/TR/trace-context-2/#random-trace-id-flag
        case .share(let share):
            let word = UInt64(trace.traceID.suffix(14), radix: 16) ?? 0
            return Double(word) < share * 0x1p56
        }
    }
}
