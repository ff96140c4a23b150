import Testing

@testable import ChatAPI

struct NoticeStateTests {
    private static func notice(_ text: String, for user: String = "ada") -> Notice { Notice(user: user, text: text) }

    @Test func `readers hear what is for their user, from their place on`() throws {
        var state = NoticeState()
        state.append(Self.notice("before"), at: 10)
        let ada = try state.enter("ada", after: nil)
        let bob = try state.enter("bob", after: nil)
        let nothing = state.news(for: ada)
        #expect(nothing == nil)
        state.append(Self.notice("one"), at: 11)
        state.append(Self.notice("two"), at: 11)
        let (heard, again, other) = (state.texts(for: ada), state.news(for: ada), state.news(for: bob))
        #expect(heard == ["one", "two"])
        #expect(again == nil && other == nil)
        let late = try state.enter("ada", after: NoticeID(milliseconds: 11, sequence: 0))
        let rest = state.texts(for: late)
        #expect(rest == ["two"])
    }

    @Test func `ids grow though the clock goes back, and an id from before a restart hides nothing`() throws {
        var state = NoticeState()
        state.append(Self.notice("one"), at: 20)
        state.append(Self.notice("two"), at: 10)
        #expect(state.log.end == NoticeID(milliseconds: 20, sequence: 1))
        let reader = try state.enter("ada", after: NoticeID(milliseconds: 99, sequence: 0))
        let heard = state.texts(for: reader)
        #expect(heard == ["one", "two"])
    }

    @Test func `memory is bounded by number, size and age`() throws {
        var state = NoticeState(limits: NoticeLog.Limits(count: 3, bytes: 40, milliseconds: 100))
        for number in 1...5 { state.append(Self.notice("\(number)"), at: UInt64(number)) }
        #expect(state.kept == ["3", "4", "5"])
        let large = String(repeating: "x", count: 34)
        state.append(Self.notice(large), at: 6)
        #expect(state.kept == [large])
        state.append(Self.notice("late"), at: 200)
        #expect(state.kept == ["late"])
        state.forget(before: 201)
        #expect(state.kept == [])
    }

    @Test func `a user has only so many readers, and one who leaves makes room`() throws {
        var state = NoticeState()
        let readers = try (0..<NoticeState.readersOfUser).map { _ in try state.enter("ada", after: nil) }
        let (refused, other) = (state.join("ada", after: nil), state.join("bob", after: nil))
        #expect(refused == nil && other != nil)
        state.leave(readers[0])
        _ = try state.enter("ada", after: nil)
        state.close()
        let (news, late) = (state.news(for: readers[1]), state.join("cy", after: nil))
        #expect(news == .ended && late == nil)
    }

    @Test func `a nudge is heard once`() throws {
        var state = NoticeState()
        let reader = try state.enter("ada", after: nil)
        state.nudge()
        let (first, second) = (state.news(for: reader), state.news(for: reader))
        #expect(first == .quiet && second == nil)
    }

    @Test(arguments: ["", "1", "1-", "-1", "1-2-3", "a-1", "1-a", "99999999999999999999-1", "１-1"])
    func `what is no id is none`(text: String) {
        #expect(NoticeID(text) == nil)
    }

    @Test func `an id is read as it is written`() {
        #expect(NoticeID("1700000000000-7")?.description == "1700000000000-7")
    }
}

extension NoticeState {
    fileprivate var kept: [String] { log.entries(of: "ada", after: .zero).map(\.notice.text) }

    fileprivate mutating func enter(_ user: String, after id: NoticeID?) throws -> Int {
        let place = join(user, after: id)
        return try #require(place).number
    }

    fileprivate mutating func texts(for reader: Int) -> [String]? {
        guard case .notices(let entries) = news(for: reader) else { return nil }
        return entries.map(\.notice.text)
    }
}
