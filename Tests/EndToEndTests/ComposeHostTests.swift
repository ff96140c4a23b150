import Testing
import ValidatorTools

/// `infra up --target compose`, before a real Docker engine.
@Suite(.enabled(ContainerEngine.reason) { try await ContainerEngine.isPossible() }, .serialized)
struct ComposeHostTests {
    private static let canary = "sk-canary-of-compose"

    @Test func `a stack is started, shown, left as it is, and stopped; a broken service is named`() async throws {
        let verdict = try await ContainerEngine.run(
            """
            export OPENAI_API_KEY=\(Self.canary)
            infra up --target compose
            curl -fsS http://127.0.0.1:7071/health http://127.0.0.1:8000/health
            echo '== status'
            infra status --target compose --json
            before=$(docker ps --quiet | sort)
            echo '== again'
            infra up --target compose
            [[ $(docker ps --quiet | sort) == "$before" ]]
            infra logs chat --target compose | grep -q 'listening'
            code=0
            infra logs chut --target compose || code=$?
            [[ $code == 64 ]]
            echo '== down'
            infra down --target compose
            [[ -z $(docker ps --all --quiet) && -n $(docker volume ls --quiet) ]]
            infra status --target compose && exit 1
            infra down --target compose --purge </dev/null && exit 1
            [[ -n $(docker volume ls --quiet) ]]
            infra down --target compose --purge --yes
            [[ -z $(docker volume ls --quiet) ]]
            docker tag infra:0.1.0 chat-api:0.1.0
            echo '== broken'
            infra up --target compose && exit 1
            infra down --target compose
            if grep -r \(Self.canary) infra --exclude-dir secrets; then exit 1; fi
            echo '== end'
            """
        )
        let words = verdict.words
        try #require(verdict.isAccepted && words.contains("== end"), "\(words)")
        #expect(words.contains("chat       running (healthy)  http://127.0.0.1:8000"))
        #expect(words.contains(#""name":"functions","state":"running (healthy)","healthy":true"#))
        #expect(words.contains("files      done"))
        #expect(words.contains("Nothing runs here"))
        #expect(words.contains("There is no service 'chut'. There are: broker, chat, "))
        let broken = words.split(separator: "== broken").last ?? ""
        #expect(broken.contains("\nchat is ") && broken.contains("infra down --target compose"))
        #expect(!words.contains(Self.canary))
    }

    @Test func `without an engine the project is there, and what to run is said`() async throws {
        let verdict = try await ContainerEngine.run(
            """
            export DOCKER_HOST=unix:///nowhere.sock
            infra up --target compose && exit 1
            test -x infra/rendered/dev/compose/prepare.sh
            """,
            hasImages: false
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
        #expect(verdict.words.contains("No container engine answers"))
        #expect(verdict.words.contains("./prepare.sh && docker compose up --detach --wait"))
    }
}
