import AloftCore
import Testing

@Suite("Retry policies")
struct RetryPolicyTests {
    static let failure = Failure(type: "Declined", message: "no")

    func delays(_ policy: RetryPolicy, upTo attempts: Int, random: Double = 0) -> [Duration?] {
        (1...attempts).map { policy.delay(afterAttempt: $0, failure: Self.failure, random: random) }
    }

    @Test("the default tries three times, after 1 and 2 seconds")
    func byDefault() {
        #expect(delays(.default, upTo: 4) == [.seconds(1), .seconds(2), nil, nil])
        #expect(delays(.none, upTo: 2) == [nil, nil])
    }

    @Test("the first wait is the initial interval, each further one the coefficient's multiple")
    func backoff() {
        let policy = RetryPolicy(
            maximumAttempts: 10,
            initialInterval: .milliseconds(100),
            backoffCoefficient: 1.5,
            maximumInterval: .seconds(1)
        )
        let milliseconds = [100, 150, 225, 338, 506, 759, 1000, 1000, 1000]
        #expect(delays(policy, upTo: 10) == milliseconds.map { .milliseconds($0) } + [nil])
    }

    @Test("intervals are kept to the millisecond", arguments: [1, 3, 7, 33, 999, 1001, 86_399_999])
    func exact(_ milliseconds: Int) {
        let policy = RetryPolicy(
            maximumAttempts: 3,
            initialInterval: .milliseconds(milliseconds),
            backoffCoefficient: 1,
            maximumInterval: .seconds(1_000_000)
        )
        #expect(delays(policy, upTo: 2) == [.milliseconds(milliseconds), .milliseconds(milliseconds)])
    }

    @Test("no wait is longer than the maximum, not even the first")
    func maximum() {
        let policy = RetryPolicy(initialInterval: .seconds(10), maximumInterval: .seconds(3))
        #expect(delays(policy, upTo: 2) == [.seconds(3), .seconds(3)])
    }

    @Test("jitter takes its share off")
    func jitter() {
        let policy = RetryPolicy(initialInterval: .seconds(10), jitter: 0.2)
        #expect(delays(policy, upTo: 1, random: 0) == [.seconds(10)])
        #expect(delays(policy, upTo: 1, random: 0.5) == [.seconds(9)])
        #expect(delays(policy, upTo: 1, random: 0.999_999_9) == [.seconds(8)])
        #expect(delays(RetryPolicy(jitter: 9), upTo: 1, random: 1) == [.zero], "jitter above 1 counts as 1")
        #expect(delays(RetryPolicy(jitter: -1), upTo: 1, random: 1) == [.seconds(1)])
    }

    @Test("permanent failures and named types are not retried")
    func notRetried() {
        var policy = RetryPolicy.default
        let permanent = Failure(type: "Other", message: "no", isPermanent: true)
        #expect(policy.delay(afterAttempt: 1, failure: permanent, random: 0) == nil)
        policy.nonRetryableTypes = ["Declined"]
        #expect(policy.delay(afterAttempt: 1, failure: Self.failure, random: 0) == nil)
        #expect(policy.delay(afterAttempt: 1, failure: Failure(type: "Other", message: ""), random: 0) != nil)
    }

    @Test("values out of range are brought back")
    func outOfRange() {
        #expect(delays(RetryPolicy(maximumAttempts: 0), upTo: 1) == [nil])
        #expect(delays(RetryPolicy(maximumAttempts: -5), upTo: 1) == [nil])
        #expect(delays(RetryPolicy(backoffCoefficient: 0.1), upTo: 2) == [.seconds(1), .seconds(1)])
        #expect(delays(RetryPolicy(backoffCoefficient: .nan), upTo: 2) == [.seconds(1), .seconds(1)])
        #expect(delays(RetryPolicy(backoffCoefficient: .infinity), upTo: 2) == [.seconds(1), .seconds(60)])
        #expect(delays(RetryPolicy(initialInterval: .seconds(-1)), upTo: 2) == [.zero, .zero])
        #expect(delays(RetryPolicy(maximumInterval: .seconds(-1)), upTo: 2) == [.zero, .zero])
    }

    @Test("very many attempts neither trap nor take long")
    func manyAttempts() {
        let policy = RetryPolicy(maximumAttempts: .max)
        #expect(policy.delay(afterAttempt: .max - 1, failure: Self.failure, random: 0) == .seconds(60))
        let slow = RetryPolicy(maximumAttempts: .max, maximumInterval: .milliseconds(Int64.max))
        #expect(slow.delay(afterAttempt: .max - 1, failure: Self.failure, random: 0) != nil)
    }
}
