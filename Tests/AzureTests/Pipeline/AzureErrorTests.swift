import NIOHTTP1
import Testing

@testable import Azure

struct AzureErrorTests {
    private func error(_ status: Int, _ body: String) -> AzureError {
        AzureError(
            refusal: AzureResponse(
                status: status,
                headers: ["x-ms-request-id": "r1", "x-ms-correlation-request-id": "c1"],
                body: Array(body.utf8),
                request: "PUT /x"
            )
        )
    }

    @Test func `the wrapped form is read`() {
        let error = error(
            409,
            """
            {"error": {"code": "DeploymentFailed", "message": "At least one failed.", "target": "/x", "details": [
                {"code": "SkuNotAvailable", "message": "Not in westeurope.", "details": []},
                {"code": "QuotaExceeded", "message": "Too many."}
            ]}}
            """
        )
        #expect(error.serviceError?.innermost.code == "SkuNotAvailable")
        #expect(error.serviceError?.causes.map(\.code) == ["SkuNotAvailable", "QuotaExceeded"])
        #expect(error.serviceError?.target == "/x")
        #expect(error.has(code: "quotaexceeded") && error.has(code: "DeploymentFailed") && !error.has(code: "Other"))
        #expect(
            "\(error)" == """
                SkuNotAvailable: Not in westeurope.; QuotaExceeded: Too many. (within DeploymentFailed) \
                [PUT /x answered 409; request id r1; correlation id c1]
                """
        )
    }

    @Test func `the capitalised form without a wrapper is read`() {
        let error = error(
            409,
            """
            {"Code": "Conflict", "Message": "Cannot modify this site.", "Target": null, "Details": [
                {"Message": "Cannot modify this site."}, {"Code": "Conflict"},
                {"ErrorEntity": {"Code": "Conflict", "Message": "Another operation is in progress."}}
            ], "Innererror": null}
            """
        )
        #expect(error.serviceError?.code == "Conflict")
        #expect(error.serviceError?.causes.last?.message == "Another operation is in progress.")
    }

    @Test func `an error inside of a message is found`() {
        let error = error(
            400,
            #"""
            {"error": {"code": "InvalidTemplateDeployment", "message": "See details.", "details": [
                {"code": "BadRequest", "message": "{\r\n \"error\": {\r\n \"code\": \"PrincipalNotFound\",\r\n \"message\": \"Principal 1 does not exist.\"}}"}
            ]}}
            """#
        )
        let expected = ServiceError(code: "PrincipalNotFound", message: "Principal 1 does not exist.")
        #expect(error.serviceError?.innermost == expected)
        #expect(error.has(code: "BadRequest"))
    }

    @Test(
        arguments: [
            (
                #"{"odata.error": {"code": "TableAlreadyExists", "message": {"lang": "en", "value": "It is."}}}"#,
                "TableAlreadyExists: It is."
            ),
            (#"{"error": "invalid_client", "error_description": "AADSTS1: No."}"#, "invalid_client: AADSTS1: No."),
            (#"{"error": {"code": "A", "innererror": {"code": "B", "message": "Deep."}}}"#, "B: Deep. (within A)"),
            (#"{"code": "ManagedCertNoUpdate", "message": "No."}"#, "ManagedCertNoUpdate: No."),
            (#"{"code": "A\u001b[2J", "message": "Two\r\n\t lines\u009b."}"#, "A [2J: Two lines ."),
            (#"{"error": {"code": 403, "message": "No."}}"#, "403: No."),
            (#"{"error": {"message": "Only words."}}"#, "Only words."),
            ("<html><title>Bad Gateway</title>", "HTTP 409 Conflict"), ("", "HTTP 409 Conflict"),
            ("{}", "HTTP 409 Conflict"), ("[1]", "HTTP 409 Conflict"), (#"{"error": {}}"#, "HTTP 409 Conflict"),
            (#"{"error": null}"#, "HTTP 409 Conflict"), (#"{"error": [{"code": "x"}]}"#, "HTTP 409 Conflict"),
        ]
    )
    func `other forms, and what is no error, have words`(body: String, words: String) {
        #expect("\(error(409, body))" == "\(words) [PUT /x answered 409; request id r1; correlation id c1]")
    }

    @Test func `errors of any depth, length and number are bounded`() {
        var deep = #"{"code": "end"}"#
        for _ in 0..<60 { deep = #"{"code": "x", "details": [\#(deep)]}"# }
        #expect(error(400, deep).serviceError?.innermost.code == "x")

        let long = error(400, #"{"message": "\#(String(repeating: "m", count: 100_000))"}"#)
        #expect(long.serviceError?.message.count == 4_000)

        let cause = #"{"code": "c"}"#
        let many = error(
            400,
            #"{"code": "a", "details": [\#([String](repeating: cause, count: 999).joined(separator: ","))]}"#
        )
        #expect(many.serviceError?.causes.count == 50)
        #expect("\(many)".hasPrefix("c; c; c; c; c; and 45 more (within a)"))
    }
}
