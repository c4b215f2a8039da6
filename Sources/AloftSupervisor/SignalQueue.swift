#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Where a handler puts the numbers of signals. Written once, before there is a handler.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// The signals that matter to a supervisor, one after the other.
///
/// They go through a pipe. To hold them back with a mask and wait for them would need the mask in every thread, and an
/// asynchronous `main` has begun more than one before its first line runs.
struct SignalQueue {
    private let output: Int32

    /// - Returns: `nil` if there is no pipe to be had.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { closeOnExec(end) }
        // A handler must not wait; if the pipe is full, there is enough to wake up for.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        output = ends[0]
        signalPipe = ends[1]
        for number in [SIGCHLD, SIGTERM, SIGINT] {
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
                errno = before
            }
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGCHLD, SIGTERM, SIGINT] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Waits for a signal.
    ///
    /// - Parameter limit: How long at most; `nil`: until there is one.
    /// - Returns: `nil` if the time is over.
    func next(within limit: Duration? = nil) -> Int32? {
        let end = limit.map { ContinuousClock.now + $0 }
        while true {
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, end.map(Self.milliseconds(until:)) ?? -1) > 0 else {
                if let end, ContinuousClock.now >= end { return nil }
                continue
            }
            var byte: UInt8 = 0
            if read(output, &byte, 1) == 1 { return Int32(byte) }
        }
    }

    /// - Returns: Whether it ended early, because the program is to stop.
    func pause(for duration: Duration) -> Bool {
        let end = ContinuousClock.now + duration
        while let number = next(within: end - .now) {
            if number == SIGTERM || number == SIGINT { return true }
        }
        return false
    }

    /// Rounded up, so that nobody asks again and again before the end.
    private static func milliseconds(until end: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = max(.zero, end - .now).components
        return Int32(clamping: seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

func closeOnExec(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
