import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a file could not be read or written.
package enum ArtifactError: Error, Sendable, Hashable {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case diskFull(path: String)
    /// There is no memory to compress in.
    case noMemory
    /// The archive has no room for so much.
    case tooLarge(path: String)

    /// What a failure to read means.
    package init(reading path: String, _ error: any Error) {
        switch error {
        case let known as ArtifactError: self = known
        case Errno.noSuchFileOrDirectory: self = .missing(path: path)
        default: self = .unreadable(path: path, reason: "\(error)")
        }
    }

    /// What a failure to write means.
    package init(writing path: String, _ error: any Error) {
        switch error {
        case let known as ArtifactError: self = known
        case Errno.noSpace, Errno.diskQuotaExceeded: self = .diskFull(path: path)
        case let error as CocoaError where error.code == .fileWriteOutOfSpace: self = .diskFull(path: path)
        default: self = .unwritable(path: path, reason: "\(error)")
        }
    }
}
