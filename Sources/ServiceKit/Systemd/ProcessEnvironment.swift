/// What the process that started this one says to it, as opposed to what operators set.
struct ProcessEnvironment: Sendable {
    let processID = PlatformProcess.id

    func value(of name: String) -> String? {
        PlatformProcess.variable(name)
    }
}
