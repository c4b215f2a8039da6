import Aloft
import Testing

@Suite struct SuspectLaneTests {
    @Test func asManyAsTheSquareRootOfTheSlots() {
        #expect([1, 3, 4, 99, 100, 10_000].map { SuspectLane(slots: $0).width } == [1, 1, 2, 9, 10, 100])
    }

    @Test func suspectsOfOneCrashRunInSmallGroups() {
        var lane = SuspectLane(slots: 4)
        let first = lane.request(crashes: 1)
        let second = lane.request(crashes: 1)
        let third = lane.request(crashes: 1)
        #expect([first.mayBegin, second.mayBegin, third.mayBegin] == [true, true, false])
        #expect(lane.leave(second.ticket) == [third.ticket])
        #expect(lane.leave(first.ticket).isEmpty)
        #expect(lane.leave(first.ticket).isEmpty, "again")
        #expect(lane.count == 1)
    }

    @Test func suspectsOfMoreCrashesRunAlone() {
        var lane = SuspectLane(slots: 100)
        let light = lane.request(crashes: 1)
        let heavy = lane.request(crashes: 2)
        let later = lane.request(crashes: 1)
        #expect([light.mayBegin, heavy.mayBegin, later.mayBegin] == [true, false, false], "nobody overtakes it")
        #expect(lane.leave(light.ticket) == [heavy.ticket])
        let last = lane.request(crashes: 5)
        #expect(!last.mayBegin)
        #expect(lane.leave(heavy.ticket) == [later.ticket])
        #expect(lane.leave(later.ticket) == [last.ticket])
        #expect(lane.leave(last.ticket).isEmpty)
        #expect(lane.count == 0)
    }

    @Test func whoGivesUpMakesRoomForThoseBehind() {
        var lane = SuspectLane(slots: 100)
        let running = lane.request(crashes: 1)
        let heavy = lane.request(crashes: 2)
        let light = lane.request(crashes: 1)
        #expect(running.mayBegin && !heavy.mayBegin && !light.mayBegin)
        #expect(lane.leave(heavy.ticket) == [light.ticket])
    }

    @Test func trialsGetLongerWithEachCrash() {
        let durations = [1, 2, 3, 8, 100].map { SuspectLane.duration(crashes: $0, first: .seconds(5)) }
        #expect(durations[..<3] == [.seconds(5), .seconds(30), .seconds(180)])
        #expect(durations[3] == durations[4])
    }
}
