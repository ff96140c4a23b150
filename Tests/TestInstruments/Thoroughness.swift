#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How much of what could be tried is tried.
public enum Thoroughness {
    /// Whether every seed is tried, which takes minutes: `THOROUGH=1`.
    public static let isFull = ProcessInfo.processInfo.environment["THOROUGH"] == "1"
}
