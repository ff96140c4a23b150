import Azure

extension AppConsole {
    package enum Event: Sendable, Hashable {
        case line(String, Source)
        /// Nothing runs, because there is nothing to do.
        case scaledToZero
    }

    /// Reads what all replicas have written.
    ///
    /// - Parameters:
    ///   - lines: How many lines of each, 300 at most.
    ///   - onEvent: Is told each line.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func read(lines: Int, onEvent: @escaping @Sendable (Event) -> Void) async throws {
        let sources = try await sources()
        if sources.isEmpty { onEvent(.scaledToZero) }
        for source in sources {
            var cursor = ConsoleCursor()
            try await read(source, lines: lines, cursor: &cursor, follows: false) { onEvent(.line($0, source)) }
        }
    }

    /// Follows all replicas, those that come later too, until it is cancelled.
    ///
    /// - Parameters:
    ///   - lines: How many old lines of each to begin with.
    ///   - pace: How long to wait before looking for replicas, and before opening a stream again that has ended.
    ///   - onEvent: Is told each line, once.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func follow(
        lines: Int,
        every pace: Duration = .seconds(2),
        onEvent: @escaping @Sendable (Event) -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var followed: Set<Source> = []
            var wasRunning = true
            while true {
                let sources = try await sources()
                if sources.isEmpty, wasRunning { onEvent(.scaledToZero) }
                wasRunning = !sources.isEmpty
                for source in sources where followed.insert(source).inserted {
                    group.addTask { try await follow(source, lines: lines, every: pace, onEvent: onEvent) }
                }
                try await Task.sleep(for: pace)
            }
        }
    }

    /// Follows one container until it is gone.
    private func follow(
        _ source: Source,
        lines: Int,
        every pace: Duration,
        onEvent: @escaping @Sendable (Event) -> Void
    ) async throws {
        var cursor = ConsoleCursor()
        while true {
            do {
                try await read(source, lines: lines, cursor: &cursor, follows: true) { onEvent(.line($0, source)) }
            } catch let error as AzureError {
                // A stream that breaks off is opened again, as one that ends.
                guard error.status.map({ [401, 404, 429].contains($0) || $0 >= 500 }) ?? true else { throw error }
            }
            try await Task.sleep(for: pace)
            guard try await sources().contains(source) else { return }
        }
    }
}
