import AloftCore
import Foundation
import Testing

@Suite("Time stamps")
struct TimestampTests {
    static let largest = Timestamp(milliseconds: .max)
    static let smallest = Timestamp(milliseconds: .min)

    @Test("adding rounds up to whole milliseconds, so that nothing is early")
    func rounding() {
        let zero = Timestamp(milliseconds: 0)
        #expect((zero + .nanoseconds(1)).milliseconds == 1)
        #expect((zero + .milliseconds(1)).milliseconds == 1)
        #expect((zero + .microseconds(1001)).milliseconds == 2)
        #expect((zero + .nanoseconds(-1)).milliseconds == 0)
        #expect((zero + .microseconds(-1500)).milliseconds == -1)
        #expect((zero + .zero).milliseconds == 0)
        #expect((zero + Duration(secondsComponent: 0, attosecondsComponent: 1)).milliseconds == 1)
    }

    @Test("sums and differences beyond the range stop at its ends")
    func saturation() {
        #expect(Self.largest + .milliseconds(1) == Self.largest)
        #expect(Self.smallest + .milliseconds(-1) == Self.smallest)
        #expect(Timestamp(milliseconds: 1) + .seconds(Int64.max) == Self.largest)
        #expect(Timestamp(milliseconds: -1) + .seconds(Int64.min) == Self.smallest)
        #expect(Self.largest - Self.smallest == .milliseconds(Int64.max))
        #expect(Self.smallest - Self.largest == .milliseconds(Int64.min))
        #expect(Timestamp(milliseconds: 5) - Timestamp(milliseconds: 7) == .milliseconds(-2))
    }

    @Test("dates are kept to the millisecond and clamped")
    func dates() {
        let moment = Timestamp(milliseconds: 1_767_225_600_123)
        #expect(Timestamp(moment.date) == moment)
        #expect(Timestamp(Date(timeIntervalSince1970: 1e300)) == Self.largest)
        #expect(Timestamp(Date(timeIntervalSince1970: -1e300)) == Self.smallest)
        #expect(Timestamp(Date(timeIntervalSince1970: .nan)) == Self.largest)
    }

    @Test("time stamps are ordered")
    func order() {
        #expect(Self.smallest < Timestamp(milliseconds: 0))
        #expect(Timestamp(milliseconds: 0) < Self.largest)
    }
}
