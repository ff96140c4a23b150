import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the process that started this one says to it, as opposed to what operators set.
struct ProcessEnvironment: Sendable {
    let processID = ProcessInfo.processInfo.processIdentifier
    private let variables = EnvironmentVariablesProvider()

    func value(of name: String) -> String? {
        try? variables.environmentValue(forName: name)
    }
}
