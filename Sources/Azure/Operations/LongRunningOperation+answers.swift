import JSONText

// MARK: The first answer

extension LongRunningOperation {
    mutating func begin(_ answer: AzureResponse) {
        guard [200, 201, 202, 204].contains(answer.status) else { return fail(AzureError(refusal: answer)) }
        let named = takeAddresses(of: answer)
        if let monitor = named.status ?? named.location { return ask(monitor, after: wait(after: answer)) }
        do {
            switch method {
            case .put, .patch: try beginWithResource(answer)
            case .delete: answer.status == 202 ? ask(.absence, after: wait(after: answer)) : finish(nil)
            case .post: try beginWithAction(answer)
            case .get, .head: finish(try answer.json())
            }
        } catch {
            fail(error)
        }
    }

    /// A state that is no end means that it goes on; none means that it is done.
    private mutating func beginWithResource(_ answer: AzureResponse) throws(AzureError) {
        let document: JSON?
        do {
            document = try answer.json()
        } catch {
            // It was accepted, whatever stands in the answer: the resource knows more.
            return setBack(error, askedWait: answer.askedWait)
        }
        let isSilentlyDone = document != nil && answer.status != 202 || [200, 204].contains(answer.status)
        let state = OperationState(ofResource: document) ?? (isSilentlyDone ? .succeeded : .running)
        follow(state, in: document, of: answer, seenAt: .resource)
    }

    private mutating func beginWithAction(_ answer: AzureResponse) throws(AzureError) {
        // Nothing could tell when it is done. Source: github.com/Azure/azure-sdk-for-go, `azcore/runtime/poller.go`
        if answer.status == 202 { throw AzureError(.unreadable("it names no address to ask"), in: answer) }
        finish(try answer.json())
    }
}

// MARK: Later answers

extension LongRunningOperation {
    /// Takes the answer of the address that was to be asked.
    public mutating func receive(_ answer: AzureResponse) {
        guard case .ask = step else { return }
        guard answer.isSuccess else { return receive(refusal: answer) }
        adoptNewerAddresses(in: answer)
        do {
            let document = try answer.json()
            noteProgress()
            receive(document, of: answer)
        } catch {
            setBack(error, askedWait: answer.askedWait)
        }
    }

    /// Takes note that there was no answer.
    public mutating func receive(noAnswer error: AzureError) {
        guard case .ask = step else { return }
        setBack(error, askedWait: nil)
    }

    private mutating func receive(_ document: JSON?, of answer: AzureResponse) {
        let silent: OperationState = answer.status == 202 ? .running : .succeeded
        switch monitor {
        case .status:
            guard let state = OperationState(ofStatus: document) else {
                // It says nothing, so the resource is to say whether it is done.
                return silent == .running ? lookAgain(after: answer) : finishProgress(document, resultAt: .resource)
            }
            if state == .succeeded { return finishProgress(document, resultAt: .result) }
            follow(state, in: document, of: answer, seenAt: monitor)
        case .location:
            silent == .running ? lookAgain(after: answer) : finishProgress(document, resultAt: .result)
        case .resource:
            follow(OperationState(ofResource: document) ?? silent, in: document, of: answer, seenAt: .resource)
        case .result:
            // What still runs belongs to somebody else's operation.
            let state = OperationState(ofResource: document) ?? .succeeded
            follow(state == .running ? .succeeded : state, in: document, of: answer, seenAt: .result)
        case .absence: answer.status == 204 ? finish(nil) : lookAgain(after: answer)
        }
    }

    private mutating func receive(refusal answer: AzureResponse) {
        let error = AzureError(refusal: answer)
        switch answer.status {
        case 404, 410:
            // The address of progress may be gone with the resource, or be known later than the resource is.
            guard method == .delete else { return setBack(error, askedWait: answer.askedWait) }
            if monitor == .absence { finish(nil) } else { ask(.absence, after: .zero) }
        case 408, 429, 500...599: setBack(error, askedWait: answer.askedWait)
        default: fail(error)
        }
    }

    /// Progress is at its end; the result may be elsewhere.
    private mutating func finishProgress(_ document: JSON?, resultAt resource: Monitor) {
        var resultAddress: WebAddress?
        if case .status = monitor { resultAddress = location }
        switch (method, finalState, resultAddress) {
        case (.put, .location, let address?), (.patch, .location, let address?): ask(.location(address), after: .zero)
        case (.put, _, _), (.patch, _, _): ask(resource, after: .zero)
        case (.post, .standard, let address?), (.post, .location, let address?): ask(.location(address), after: .zero)
        case (.post, .originalURI, _), (.post, .asyncOperation, _), (.post, _, nil): finish(document)
        case (.delete, _, _): finish(nil)
        case (.get, _, _), (.head, _, _): finish(document)
        }
    }

    private mutating func follow(
        _ state: OperationState,
        in document: JSON?,
        of answer: AzureResponse,
        seenAt monitor: Monitor
    ) {
        switch state {
        case .running: ask(monitor, after: wait(after: answer))
        case .succeeded: finish(document)
        case .ended(let word):
            let said = ServiceErrorReader.read(document) ?? ServiceErrorReader.read(document?["properties"])
            fail(AzureError(.ended(state: word, said), in: answer))
        }
    }
}
