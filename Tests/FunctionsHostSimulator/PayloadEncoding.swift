import Foundation
import JSONText

/// How the values of a payload are written.
public enum PayloadEncoding: Sendable, CaseIterable {
    /// As the code of the host does it: all but objects as JSON inside a string, names of extension 5.
    ///
    /// Source: `ScriptInvocationContextExtensions` of github.com/Azure/azure-functions-host
    case asCoded
    /// As the documentation shows it: values as they are, names of extension 4.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload
    case asDocumented

    func value(_ json: JSON) -> JSON {
        switch (self, json) {
        case (.asCoded, .object), (.asDocumented, _): json
        case (.asCoded, _): .string(json.text)
        }
    }

    /// The code drops the zone, which is UTC in Azure, and the fraction of the second.
    func value(_ date: Date) -> JSON {
        switch self {
        case .asCoded: .string(String(date.formatted(.iso8601).dropLast()))
        case .asDocumented: .string(date.formatted(.iso8601.time(includingFractionalSeconds: true)))
        }
    }
}
