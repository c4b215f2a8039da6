import Aloft
import Testing

@Suite struct SlotsTests {
    /// A poller that waits, on an executor that runs only when the test says so.
    private struct Poller {
        let executor = DeterministicExecutor()
        let found = Journal<Int>()

        func wait(_ slots: Slots) {
            run { Task(executorPreference: executor) { [found] in found.note(await slots.waitForFree()) } }
        }

        func run(_ work: () -> Void = {}) { #expect(executor.drain(budget: 1_000, work) == .idle) }
    }

    @Test func freePlacesAreNoWait() {
        let poller = Poller()
        poller.wait(Slots(3))
        #expect(poller.found.entries == [3])
        // Nobody can have less than one.
        poller.wait(Slots(0))
        #expect(poller.found.entries == [3, 1])
    }

    @Test func givingWakesTheWaiter() {
        let slots = Slots(2)
        #expect(slots.tryTake())
        #expect(slots.take(upTo: 1) == 1)
        #expect(!slots.tryTake())
        let poller = Poller()
        poller.wait(slots)
        #expect(poller.found.entries.isEmpty)
        slots.give(2)
        poller.run()
        #expect(poller.found.entries == [2])
    }

    /// Of tasks that came while others took places, so many are taken on as still have one.
    @Test func takingMoreThanThereAre() {
        let slots = Slots(3)
        #expect(slots.tryTake())
        #expect(slots.take(upTo: 3) == 2)
        #expect(slots.take(upTo: 1) == 0)
        #expect(!slots.tryTake())
        let poller = Poller()
        poller.wait(slots)
        slots.give()
        poller.run()
        #expect(poller.found.entries == [1])
    }

    /// A place that was given back and taken by somebody quicker is no reason to stop waiting.
    ///
    /// The waiter used to answer 0, which says that the slots are closed: its poller ended, and the worker took no more tasks
    /// of that kind for the rest of its life.
    @Test func stolenPlaceIsWaitedForAgain() {
        let slots = Slots(1)
        #expect(slots.take(upTo: 1) == 1)
        let poller = Poller()
        poller.wait(slots)
        slots.give()
        #expect(slots.tryTake())
        poller.run()
        #expect(poller.found.entries.isEmpty)
        slots.give()
        poller.run()
        #expect(poller.found.entries == [1])
    }

    @Test func closingEndsAllWaiting() {
        let slots = Slots(1)
        #expect(slots.take(upTo: 1) == 1)
        let poller = Poller()
        poller.wait(slots)
        slots.close()
        poller.run()
        #expect(poller.found.entries == [0])
        slots.give()
        #expect(!slots.tryTake())
        poller.wait(slots)
        #expect(poller.found.entries == [0, 0])
    }
}
