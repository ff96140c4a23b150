/// What a deployable service promises to its stack: how it is called and what it reads.
///
/// The service and the stack import the same contract, so a misspelt or wrongly typed variable does not compile on
/// either side.
public protocol ServiceContract {
    /// The name of the executable product: `ChatAPI`.
    static var executable: String { get }
    /// Arguments that choose a role of the executable; empty for most services.
    static var arguments: [String] { get }
    /// Every setting that the service reads.
    static var settings: [SettingDeclaration] { get }
}

extension ServiceContract {
    public static var arguments: [String] { [] }
}

/// A service whose work is a set of functions.
public protocol FunctionAppContract: ServiceContract {
    /// The names of all functions; a stack must bind each of them exactly once.
    static var functions: [String] { get }
}
