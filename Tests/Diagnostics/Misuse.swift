// swift-format-ignore-file
// The words of the compiler are as long as they are.
//
// Mistakes that must not compile. The compiler reads this file with `-verify`: each line must be refused in these words,
// and no other line may be. Run scripts/check-diagnostics.sh; the words are part of what stack authors see.
//
// Warnings count as refused too, for stacks are built with warnings as errors.

import Settings
import StackModel

// MARK: A small system, and what is wrong with its uses

struct Job: Sendable {}
struct Letter: Sendable {}

enum Api: FunctionAppContract {
    static let executable = "Api"
    static let bus = Setting<BusConnection>("BUS")
    static let queue = Setting<QueueName>("QUEUE")
    static let cache = Setting<CacheConnection>("CACHE")
    static let blobs = Setting<BlobConnection>("BLOBS")
    static let publicURL = Setting<String>("PUBLIC_URL")
    static let key = SecretSetting<String>("API_KEY")
    static let settings = [bus.declaration, publicURL.declaration, key.declaration]

    static let create = HTTPFunction("Create", .post, "jobs")
    static let handle = QueueFunction<Job>("Handle")
    static let remind = TimerFunction("Remind", .hourly(minute: 0))
    static let functions = [create.name, handle.name, remind.name]
}

let vault = SecretStore("vault")
let registry = ContainerRegistry("registry")
let files = Storage("files")
let memory = Cache("memory")
let jobs = Queue("jobs", of: Job.self)
let letters = Queue("letters", of: Letter.self)
let news = Topic("news", of: Letter.self)
let image = registry.image("api", tag: "1")
let worker = WorkerContainer("worker", running: Api.self, image: image, consuming: jobs, scale: .fixed(1))
let web = WebContainer("web", running: Api.self, image: image, scale: .fixed(1))

// MARK: Secrets

let secretAsPlain: Binding = .set(Api.publicURL, to: vault.secret("KEY"))  // expected-error {{cannot convert value of type 'Secret<String>' to expected argument type 'Output<String>'}}
let plainAsSecret: Binding = .inject(Api.key, from: "sk-123")  // expected-error {{cannot convert value of type 'String' to expected argument type 'Secret<String>'}}
let outputAsSecret: Binding = .inject(Api.key, from: web.url)  // expected-error {{cannot convert value of type 'Output<String>' to expected argument type 'Secret<String>'}}
let secretSettingWithSet: Binding = .set(Api.key, to: "sk-123")  // expected-error {{cannot convert value of type 'SecretSetting<String>' to expected argument type 'Setting<String>'}}
let plainSettingWithInject: Binding = .inject(Api.publicURL, from: vault.secret("KEY"))  // expected-error {{cannot convert value of type 'Setting<String>' to expected argument type 'SecretSetting<String>'}}
let secretInsideOutput: Binding = .set(Api.publicURL, to: "https://me:\(vault.secret("KEY"))@example.com")  // expected-error {{'appendInterpolation' is unavailable: a secret cannot become part of a plain value; pass it with inject(_:from:)}}
let secretInsideText = "key: \(vault.secret("KEY"))"  // expected-warning {{'appendInterpolation' is deprecated: a secret cannot be printed, logged or interpolated}}
let secretAsText = String(describing: vault.secret("KEY"))  // expected-warning {{'init(describing:)' is deprecated: a secret cannot be printed, logged or interpolated}}
func printsSecret() { print(vault.secret("KEY")) }  // expected-warning {{'print' is deprecated: a secret cannot be printed, logged or interpolated}}
let secretFromNowhere: Secret<String> = "KEY"  // expected-error {{cannot convert value of type 'String' to specified type 'Secret<String>'}}
let secretText: String = SecretValue("x")  // expected-error {{cannot convert value of type 'SecretValue' to specified type 'String'}}
let secretField = SecretValue("x").text  // expected-error {{'text' is inaccessible due to 'private' protection level}}

// MARK: Outputs

let nameAsConnection: Binding = .set(Api.bus, to: jobs.name)  // expected-error {{cannot convert value of type 'Output<QueueName>' to expected argument type 'Output<BusConnection>'}} expected-note {{('QueueName' and 'BusConnection') are expected to be equal}}
let connectionAsName: Binding = .set(Api.queue, to: jobs.connection(.sending))  // expected-error {{cannot convert value of type 'Output<BusConnection>' to expected argument type 'Output<QueueName>'}} expected-note {{('BusConnection' and 'QueueName') are expected to be equal}}
let cacheForBus: Binding = .set(Api.bus, to: memory.connection)  // expected-error {{cannot convert value of type 'Output<CacheConnection>' to expected argument type 'Output<BusConnection>'}} expected-note {{('CacheConnection' and 'BusConnection') are expected to be equal}}
let tablesForBlobs: Binding = .set(Api.blobs, to: files.tables(.reading))  // expected-error {{cannot convert value of type 'Output<TableConnection>' to expected argument type 'Output<BlobConnection>'}} expected-note {{('TableConnection' and 'BlobConnection') are expected to be equal}}
let wholeQueue: Binding = .set(Api.queue, to: jobs)  // expected-error {{cannot convert value of type 'Queue<Job>' to expected argument type 'Output<QueueName>'}}
let literalForConnection: Binding = .set(Api.cache, to: "redis://localhost")  // expected-error {{generic struct 'Output' requires the types 'CacheConnection' and 'String' be equivalent}}
let connectionInsideText: Binding = .set(Api.publicURL, to: "https://\(jobs.connection(.sending))")  // expected-error {{cannot convert value of type 'Output<BusConnection>' to expected argument type 'Output<String>'}} expected-note {{('BusConnection' and 'String') are expected to be equal}}
let wrongUse: Binding = .set(Api.bus, to: jobs.connection(.reading))  // expected-error {{type 'BusUse' has no member 'reading'}}
let workerHasNoHostname: Binding = .set(Api.publicURL, to: "https://\(worker.hostname)")  // expected-error {{value of type 'WorkerContainer<Job>' has no member 'hostname'}}
let workerHasNoAddress: Binding = .set(Api.publicURL, to: worker.url)  // expected-error {{value of type 'WorkerContainer<Job>' has no member 'url'}}

// MARK: Scale

let processorsCannotWake: Scale = .toZero(upTo: 3, when: .cpu(percent: 70))  // expected-error {{type 'WakeTrigger' has no member 'cpu'}}
let nothingWakes: Scale = .toZero(upTo: 3)  // expected-error {{missing argument for parameter 'when' in call}}
let nothingMeasured: Scale = .warm(upTo: 3)  // expected-error {{missing argument for parameter 'on' in call}}
let vaultHasNoBacklog: Scale = .toZero(upTo: 3, when: vault.backlog(perReplica: 4))  // expected-error {{value of type 'SecretStore' has no member 'backlog'}}
let topicHasNoBacklog: Scale = .toZero(upTo: 3, when: news.backlog(perReplica: 4))  // expected-error {{value of type 'Topic<Letter>' has no member 'backlog'}}

// MARK: Messages

let functionOfAnotherType: Function = .queue(Api.handle, consuming: letters)  // expected-error {{static method 'queue(_:consuming:deadLetters:)' requires the types 'Job' and 'Letter' be equivalent}}
let functionWithOtherDeadLetters: Function = .queue(Api.handle, consuming: jobs, deadLetters: letters)  // expected-error {{cannot convert value of type 'Queue<Letter>' to expected argument type 'Queue<Job>'}} expected-note {{('Letter' and 'Job') are expected to be equal}}
let subscriptionOfAnotherType: Subscription<Job> = Subscription("jobs-news", to: news)  // expected-error {{cannot assign value of type 'Subscription<Letter>' to type 'Subscription<Job>'}} expected-note {{('Letter' and 'Job') are expected to be equal}}
let topicAsOrigin: Function = .queue(QueueFunction<Letter>("Read"), consuming: news)  // expected-error {{static method 'queue(_:consuming:deadLetters:)' requires that 'Topic<Letter>' conform to 'MessageOrigin'}}
let workerWithOtherDeadLetters = WorkerContainer("w", running: Api.self, image: image, consuming: jobs, deadLetters: letters, scale: .fixed(1))  // expected-error {{initializer 'init(_:running:image:consuming:deadLetters:size:scale:settings:)' requires the types 'Letter' and 'Job' be equivalent}}
let httpForQueue: Function = .queue(Api.create, consuming: jobs)  // expected-error {{cannot convert value of type 'HTTPFunction' to expected argument type 'QueueFunction<Job>'}}
let queueForHTTP: Function = .http(Api.handle)  // expected-error {{cannot convert value of type 'QueueFunction<Job>' to expected argument type 'HTTPFunction'}}
let timerForHTTP: Function = .http(Api.remind)  // expected-error {{cannot convert value of type 'TimerFunction' to expected argument type 'HTTPFunction'}}

// MARK: Stacks

enum Stage: String, CaseIterable { case preview, production }

func scale(in stage: Stage) -> Scale {
    switch stage {  // expected-error {{switch must be exhaustive}} expected-note {{add missing case: '.production'}}
    case .preview: .fixed(1)
    }
}

func declaredAndForgotten() -> Stack {
    let queue = Queue("forgotten", of: Job.self)  // expected-warning {{initialization of immutable value 'queue' was never used; consider replacing with assignment to '_' or removing it}}
    return Stack("shop", [vault])
}

let notAResource = Stack("shop", [vault, image])  // expected-error {{cannot convert value of type 'Image' to expected element type 'any Resource'}}
let plainService = FunctionApp("app", running: Plain.self, storage: Storage("files"), functions: [])  // expected-error {{argument type 'Plain' does not conform to expected type 'FunctionAppContract'}}
enum Plain: ServiceContract { static let executable = "Plain", settings: [SettingDeclaration] = [] }

// MARK: What the model keeps to itself

let identity = jobs.id  // expected-error {{'id' is inaccessible due to 'package' protection level}}
let node = jobs.declaration.node  // expected-error {{'node' is inaccessible due to 'package' protection level}}
let term = web.url.term  // expected-error {{'term' is inaccessible due to 'package' protection level}}
let reference = vault.secret("KEY").reference  // expected-error {{'reference' is inaccessible due to 'package' protection level}}
