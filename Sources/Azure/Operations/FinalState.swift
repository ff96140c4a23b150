/// Where the result of an operation is found, as its contract says.
///
/// Source: github.com/Azure/autorest, `docs/extensions/readme.md`, x-ms-long-running-operation-options
public enum FinalState: String, Sendable, Hashable, CaseIterable {
    /// At the resource after PUT and PATCH, at the `Location` after POST, nowhere after DELETE.
    case standard
    case asyncOperation = "azure-async-operation"
    case location
    case originalURI = "original-uri"
}
