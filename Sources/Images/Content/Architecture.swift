import Artifacts

/// The machines that an image can be for, as the Open Container Initiative names them.
///
/// Source: go.dev/doc/install/source#environment
public enum Architecture: String, Sendable, Hashable, CaseIterable {
    case amd64
    case arm64

    /// The architecture of a machine that a program is for.
    init?(_ machine: Machine) {
        switch machine {
        case .x86_64: self = .amd64
        case .arm64: self = .arm64
        default: return nil
        }
    }

    /// The architecture that this code was compiled for, where it is one of them.
    public static var current: Architecture? {
        #if arch(x86_64)
        .amd64
        #elseif arch(arm64)
        .arm64
        #else
        nil
        #endif
    }
}
