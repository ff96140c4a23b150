/// The machines that an image can be for, as the Open Container Initiative names them.
///
/// Sources: go.dev/doc/install/source#environment for the names; man7.org/linux/man-pages/man5/elf.5.html for numbers.
public enum Architecture: String, Sendable, Hashable, CaseIterable {
    case amd64
    case arm64

    /// The architecture that a program says it is for, by its number in ELF.
    init?(machine: UInt16) {
        switch machine {
        case 62: self = .amd64
        case 183: self = .arm64
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
