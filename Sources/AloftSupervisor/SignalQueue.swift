#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Holds signals back until they are asked for, so that nothing happens between a look and a wait.
struct SignalQueue {
    private var signals = sigset_t()

    init() {
        sigemptyset(&signals)
        for number in [SIGCHLD, SIGTERM, SIGINT, SIGALRM] { sigaddset(&signals, number) }
        // What is ignored by default may be dropped even while it is held back.
        signal(SIGCHLD) { _ in }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    func next() -> Int32 {
        var signals = signals
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 {}
        return number
    }

    /// - Returns: Whether it ended early, because the program is to stop.
    func pause(for duration: Duration) -> Bool {
        let (seconds, attoseconds) = duration.components
        var timer = itimerval()
        timer.it_value.tv_sec = numericCast(seconds)
        // A timer of nothing would never ring.
        timer.it_value.tv_usec = numericCast(max(attoseconds / 1_000_000_000_000, seconds == 0 ? 1 : 0))
        // ITIMER_REAL, whose type is another in each system's headers.
        setitimer(0, &timer, nil)
        while true {
            switch next() {
            case SIGALRM: return false
            case SIGTERM, SIGINT: return true
            default: continue
            }
        }
    }
}
