import JSONText

/// What the Azure Functions host wants to know after a run: `{"Outputs":{…},"Logs":[…],"ReturnValue":null}`.
///
/// The host decodes a text output that happens to be base64, except inside the output of an HTTP function; nothing else
/// is put out here, because functions send their messages themselves.
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#response-payload
struct InvocationResult: Sendable, Hashable {
    /// The value of each output binding.
    var outputs: [JSON.Member] = []
    /// Lines for the host's log, beside those that the program writes to its standard output.
    var logs: [String] = []

    var json: JSON {
        ["Outputs": .object(outputs), "Logs": .array(logs.map { .string($0) }), "ReturnValue": nil]
    }
}
