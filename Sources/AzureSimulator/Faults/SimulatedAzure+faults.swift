import HTTPTypes
import JSONText

// How the parts of Azure say what is nobody's fault, each in its own words.

extension SimulatedAzure {
    /// Turns a request away for a while.
    ///
    /// Sources: learn.microsoft.com/rest/api/storageservices/table-service-error-codes (`ServerBusy`),
    /// learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb
    func throttled(_ plane: Plane, wait: Duration) -> AzureResponse {
        switch plane {
        case .table: return Refusal(.serviceUnavailable, "ServerBusy", "The server is busy.").tableResponse
        case .documents:
            var refusal = Refusal(.tooManyRequests, "TooManyRequests", "Request rate is large.")
            refusal.headers = .with(["x-ms-retry-after-ms": String(seconds(of: wait) * 1000), "x-ms-substatus": "3200"])
            return refusal.documentResponse
        case .management, .token, .instanceMetadata, .identityEndpoint, .console, .vault, .blob, .deployment, .website,
            .registry, .registryTokens:
            var refusal = Refusal(.tooManyRequests, "TooManyRequests", "Too many requests. Retry later.")
            refusal.headers = .with(["Retry-After": String(seconds(of: wait))])
            return refusal.managementResponse
        }
    }

    func failed(_ plane: Plane, _ code: Int) -> AzureResponse {
        let refusal = Refusal(.init(code: code), "InternalServerError", "Something went wrong.")
        switch plane {
        case .table: return refusal.tableResponse
        case .documents:
            // Writes that meet are to be tried again; that stands for a gateway, which documents have none of.
            guard code == 502 else { return refusal.documentResponse }
            return Refusal(.init(code: 449), "RetryWith", "Conflicting request to resource has been attempted.")
                .documentResponse
        case .management, .token, .instanceMetadata, .identityEndpoint, .console, .vault, .blob, .deployment, .website,
            .registry, .registryTokens:
            return refusal.managementResponse
        }
    }
}
