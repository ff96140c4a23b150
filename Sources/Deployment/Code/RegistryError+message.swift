package import Images

extension RegistryError {
    /// What is wrong between here and a registry, as a sentence.
    package func message(at reference: ImageReference) -> String {
        let host = reference.host
        return switch self {
        case .unauthorized(let said): "\(host) does not accept the credential\(Self.told(said))."
        case .forbidden(let said): "\(host) does not let you push to '\(reference.repository)'\(Self.told(said))."
        case .missing(let said): "\(host) has no repository '\(reference.repository)'\(Self.told(said))."
        case .throttled: "\(host) gets too many requests."
        case .failing(let status, let said): "\(host) has a problem of its own: HTTP \(status)\(Self.told(said))."
        case .refused(let status, let said): "\(host) refuses the image: HTTP \(status)\(Self.told(said))."
        case .unreachable(let reason): "Nobody answers at \(host): \(reason)."
        case .unexpected(let reason): "\(host) does not behave like a registry: \(reason)."
        case .untrusted(let place): "\(host) sends credentials to \(place), which is not encrypted or not its own."
        case .stalled(let blob, let sent, let size, let reason):
            "\(host) took \(sent) of the \(size) bytes of \(blob) and no more: \(reason)."
        }
    }

    private static func told(_ said: String?) -> String { said.map { " (\($0))" } ?? "" }
}
