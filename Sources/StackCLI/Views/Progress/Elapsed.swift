/// Times as people read them.
enum Elapsed {
    /// `0.4 s`, `12 s`, `1 min 5 s`, `2 h 3 min`.
    static func words(_ duration: Duration) -> String {
        let tenths = Int(max(.zero, duration) / .milliseconds(100) + 0.5)
        guard tenths < 100 else { return whole(.milliseconds(tenths * 100)) }
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }

    /// The same in full seconds, for a time that goes on.
    static func whole(_ duration: Duration) -> String {
        let seconds = Int(max(.zero, duration) / .seconds(1))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }

    /// What is left of a wait, the last second not yet over.
    static func left(_ duration: Duration) -> String {
        whole(.seconds(max(0, (duration / .seconds(1)).rounded(.up))))
    }
}
