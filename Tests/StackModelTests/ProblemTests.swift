import Settings
import StackGraph
import StackModel
import Testing

/// What is wrong with a stack, in the words its author reads.
struct ProblemTests {
    static let vault = SecretStore("vault")
    static let jobs = Queue("jobs", of: Job.self)

    struct Case: Sendable, CustomTestStringConvertible {
        let resources: [any Resource]
        let message: String
        var testDescription: String { message }
    }

    static let settings: [Case] = [
        Case(
            resources: [registry, strict(.inject(Strict.key, from: vault.secret("API_KEY"))), vault],
            message: "'app' needs SERVICE_NAME, and the stack does not give it. Add .set(…, to:)."
        ),
        Case(
            resources: [registry, strict(.set(Strict.name, to: "x"))],
            message: "'app' needs API_KEY, and the stack does not give it. Add .inject(…, from:)."
        ),
        Case(
            resources: [registry, WebContainer.reader("app", .set(Setting<String>("ULR"), to: "x"))],
            message: "'app' sets ULR, which its service does not read. Did you mean 'URL'?"
        ),
        Case(
            resources: [
                registry, WebContainer.reader("app", .set(Reader.url, to: "a"), .set(Reader.url, to: "b")),
            ],
            message: "'app' sets URL twice. Remove one."
        ),
        Case(
            resources: [registry, WebContainer.reader("app", .set(Setting<String>("API_KEY"), to: "sk-123"))],
            message: "'app' sets API_KEY to a plain value, but its service calls it secret. Use .inject(…, from:)."
        ),
    ]

    static let stores: [Case] = [
        Case(
            resources: [
                registry, vault,
                WebContainer.reader(
                    "app",
                    .inject(Reader.key, from: vault.secret("API_KEY")),
                    .inject(Reader.token, from: vault.generatedSecret("API_KEY"))
                ),
            ],
            message: "The secret 'API_KEY' is both generated and provided. "
                + "Say one of the two wherever the stack names it."
        ),
        Case(
            resources: [
                registry, vault,
                WebContainer.reader(
                    "app",
                    .inject(Reader.key, from: vault.secret("API_KEY")),
                    .inject(Reader.token, from: vault.secret("Api_Key"))
                ),
            ],
            message: "'API_KEY' and 'Api_Key' are one name to Azure, which ignores capitals. Rename one of the two."
        ),
        Case(
            resources: [
                registry, vault,
                WebContainer.reader("app", .inject(Reader.key, from: vault.secret("api-key"))),
            ],
            message: "'api-key' cannot name a secret: '-' is not allowed, only letters, digits and '_'."
        ),
        Case(
            resources: [Storage("files", containers: ["uploads", "uploads"])],
            message: "'files' lists 'uploads' twice. Remove one."
        ),
        Case(
            resources: [Storage("files", tables: ["posts", "posts"])],
            message: "'files' lists 'posts' twice. Remove one."
        ),
        Case(
            resources: [Storage("files", tables: ["posts", "Posts"])],
            message: "'posts' and 'Posts' are one name to Azure, which ignores capitals. Rename one of the two."
        ),
        Case(
            resources: [
                DocumentDatabase(
                    "documents",
                    containers: [.init("posts", partitionedBy: "/id"), .init("posts", partitionedBy: "/day")]
                )
            ],
            message: "'documents' lists 'posts' twice. Remove one."
        ),
        Case(
            resources: [DocumentDatabase("documents", containers: [.init("posts", partitionedBy: "day")])],
            message: "'documents' spreads 'posts' by the path 'day', and paths start with '/'. Put one before it."
        ),
    ]

    static let functions: [Case] = [
        Case(
            resources: [
                host, jobs,
                handlers([.queue(Handlers.handle, consuming: jobs), .timer(Handlers.remind)]),
            ],
            message: "'app' has a function 'Create' that nothing calls. Bind it in the list of functions."
        ),
        Case(
            resources: [host, jobs, handlers(all + [.http(HTTPFunction("Remimd", .get, "x"))])],
            message: "'app' binds a function 'Remimd' that its service does not have. Did you mean 'Remind'?"
        ),
        Case(
            resources: [host, jobs, handlers(all + [.http(HTTPFunction("Zzz", .get, "x"))])],
            message: "'app' binds a function 'Zzz' that its service does not have."
        ),
        Case(
            resources: [host, jobs, handlers(all + [.http(Handlers.create)])],
            message: "'app' binds the function 'Create' twice. Remove one."
        ),
    ]

    static let addresses: [Case] =
        [
            ("JOBS", "JOBS"), ("jobs/", "jobs/"), ("/jobs", "/jobs"),
        ].map { route, shown in
            Case(
                resources: [host, twins(route)],
                message: "'app' answers POST /api/\(shown) with both 'Create' and 'Again'. "
                    + "Change the method or route of one."
            )
        } + [
            Case(
                resources: [host, twins("jobs/{name}", first: "jobs/{id}")],
                message: "'app' answers POST /api/jobs/{name} with both 'Create' and 'Again'. "
                    + "Change the method or route of one."
            )
        ]

    static let deadLetters: [Case] = [
        Case(
            resources: [
                host, jobs,
                handlers([
                    .http(Handlers.create), .queue(Handlers.handle, consuming: jobs, deadLetters: jobs),
                    .timer(Handlers.remind),
                ]),
            ],
            message: "'app' puts the dead letters of 'jobs' back into it, without end. Give them a queue of their own."
        ),
        Case(
            resources: [
                registry, jobs,
                WorkerContainer(
                    "worker",
                    running: Reader.self,
                    image: image,
                    consuming: jobs,
                    deadLetters: jobs,
                    scale: .fixed(1)
                ),
            ],
            message: "'worker' puts the dead letters of 'jobs' back into it, without end. "
                + "Give them a queue of their own."
        ),
    ]

    static let names: [Case] = [
        Case(resources: [jobs, jobs], message: "The stack names 'jobs' twice. Give one of the two another name."),
        Case(
            resources: [jobs, Queue("Jobs", of: Job.self)],
            message: "'Jobs' and 'jobs' are one name to Azure, which ignores capitals. Rename one of the two."
        ),
        Case(
            resources: [WebContainer.reader("app")],
            message: "'app' refers to 'registry', but the stack does not list it. Add it to the stack."
        ),
        Case(
            resources: [Storage("Files")],
            message: "'Files' cannot name a storage account: 'F' is not allowed, only lowercase letters, digits."
        ),
    ]

    @Test(arguments: settings + stores + functions + addresses + deadLetters + names)
    func `a problem is the only one, and says what to do`(_ example: Case) {
        #expect(Stack("shop", example.resources).problems.map(\.description) == [example.message])
    }

    @Test func `all problems of a stack are told at once`() throws {
        let twin = Queue("jobs", of: Job.self, maxDeliveries: 0)
        let app = WebContainer(
            "web",
            running: Strict.self,
            image: image,
            port: 0,
            scale: .fixed(0),
            settings: [.set(Setting<String>("SERVICE_NAM"), to: "x")]
        )
        let draft = WebContainer.reader("loop")
        let stack = Stack(
            "my shop",
            [
                Self.jobs, twin, app, host, Storage("f", containers: ["a--b"]),
                WebContainer.reader("loop", .set(Reader.url, to: draft.url)),
                FunctionApp("ticks", running: Clockwork.self, storage: host, functions: [], maximumInstances: 0),
            ]
        )
        let error = #expect(throws: StackError.self) { try stack.lowered() }
        let expected = [
            "'jobs' sets maxDeliveries to 0; Azure takes 1 to 2000.",
            "'web' sets replicas to 0; Azure takes 1 to 1000.",
            "'web' sets port to 0; Azure takes 1 to 65535.",
            "'ticks' sets maximumInstances to 0; Azure takes 1 to 1000.",
            "'ticks' has a function 'Tick' that nothing calls. Bind it in the list of functions.",
            "'my shop' cannot name a stack: ' ' is not allowed, only letters, digits and '-' '_'.",
            "'f' cannot name a storage account: it has 1 character, and 3 to 11 are allowed.",
            "'a--b' cannot name a blob container: two hyphens in a row are not allowed.",
            "The stack names 'jobs' twice. Give one of the two another name.",
            "'loop' refers to 'registry', but the stack does not list it. Add it to the stack.",
            "'web' refers to 'registry', but the stack does not list it. Add it to the stack.",
            "'web' needs SERVICE_NAME, and the stack does not give it. Add .set(…, to:).",
            "'web' needs API_KEY, and the stack does not give it. Add .inject(…, from:).",
            "'web' sets SERVICE_NAM, which its service does not read. Did you mean 'SERVICE_NAME'?",
            "These resources need each other in a circle: loop → loop. Remove one of the references.",
        ]
        #expect(error?.description.split(separator: "\n").map(String.init) == expected)
    }

    @Test(
        arguments: [
            ("URLS", "URL"), ("url", "URL"), ("api_key", "API_KEY"), ("TOKN", "TOKEN"), ("DATABASE_URL", "DATABASE"),
            ("PORT_NUMBER", nil),
            ("X", nil), ("UR", "URL"), ("BLOB", "BLOBS"), ("MODELS", "MODEL"),
        ]
    )
    func `the closest known word is suggested, and none that is not close`(word: String, suggestion: String?) {
        let stack = Stack("s", [registry, WebContainer.reader("app", .set(Setting<String>(word), to: "x"))])
        let ending = suggestion.map { " Did you mean '\($0)'?" } ?? ""
        #expect(stack.problems.map(\.description) == ["'app' sets \(word), which its service does not read.\(ending)"])
    }

    static let all: [Function] = [
        .http(Handlers.create), .queue(Handlers.handle, consuming: jobs), .timer(Handlers.remind),
    ]

    static func handlers(_ functions: [Function]) -> FunctionApp {
        FunctionApp("app", running: Handlers.self, storage: host, functions: functions)
    }

    @Test(arguments: [HTTPFunction("Again", .get, "jobs"), HTTPFunction("Again", .post, "jobs/{id}")])
    func `functions of another method or route stand side by side`(second: HTTPFunction) {
        #expect(Stack("shop", [host, Self.twins(HTTPFunction("Create", .post, "jobs"), second)]).problems.isEmpty)
    }

    static func twins(_ route: String, first: String = "jobs") -> FunctionApp {
        twins(HTTPFunction("Create", .post, first), HTTPFunction("Again", .post, route))
    }

    static func twins(_ first: HTTPFunction, _ second: HTTPFunction) -> FunctionApp {
        FunctionApp("app", running: Twins.self, storage: host, functions: [.http(first), .http(second)])
    }

    static func strict(_ settings: Binding...) -> WebContainer {
        WebContainer("app", running: Strict.self, image: image, scale: .fixed(1), settings: settings)
    }
}
