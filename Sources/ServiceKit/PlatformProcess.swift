#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The few calls to the C library that a process needs about itself.
public enum PlatformProcess {
    /// Allows as many open files as the system permits.
    ///
    /// The soft limit is 1,024 on most systems, for the sake of old programs that use `select`; a server needs one
    /// descriptor for each connection.
    public static func raiseFileLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        _ = setrlimit(resource, &limit)
    }

    static var id: Int32 { getpid() }

    /// One variable of the environment, which nobody changes; to read them all costs a millisecond at every start.
    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    static func duplicate(descriptor: Int32) -> Int32 {
        dup(descriptor)
    }

    /// Writes all bytes to a descriptor, or as many as it takes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Darwin)
                let written = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #elseif canImport(Musl)
                let written = Musl.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                guard written > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(written, 0))
            }
        }
    }

    static func exit(_ code: Int32) -> Never {
        #if canImport(Darwin)
        Darwin.exit(code)
        #elseif canImport(Musl)
        Musl.exit(code)
        #else
        Glibc.exit(code)
        #endif
    }
}

/// Standard output, one whole line at a time.
///
/// A line goes out in a single write, so that the lines of many threads do not mix.
enum StandardOutput {
    static func write(_ line: [UInt8]) {
        PlatformProcess.write(line, to: 1)
    }
}
