internal import AloftCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// For how long a program may go on that has lost its supervisor, in seconds. Written once, before the thread that reads it.
nonisolated(unsafe) private var patience: UInt32 = 0

/// The side of the child: takes the link up, and does not outlive its supervisor.
enum SupervisedProgram {
    /// To be called before anything starts a thread that looks into the environment.
    static func adopt(_ options: Supervisor.Options) {
        guard let value = getenv(SupervisorLink.variable) else { return }
        let text = String(cString: value)
        // What this program starts itself is not supervised, and its crashes are not ours.
        unsetenv(SupervisorLink.variable)
        guard let link = SupervisorLink(text), isPipe(link.pipe) else { return }
        closeOnExec(link.pipe)
        if let settings = getenv("SWIFT_BACKTRACE") {
            let kept = SupervisedChild.settings(String(cString: settings), withoutOutputTo: link.backtraceFile)
            setenv("SWIFT_BACKTRACE", kept, 1)
        }
        SupervisorLink.current = link
        patience = UInt32(clamping: max(1, options.orphanLimit.components.seconds))
        watch()
    }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Waits, on a thread of its own, until the supervisor is gone, however it went. Then the program is asked to stop, as the
    /// supervisor would have asked it, and ended if it takes too long.
    private static func watch() {
        // Signals to the program are for its other threads. Not all are held back: the runtime stops each thread with one, to
        // write its backtrace.
        var signals = sigset_t()
        var before = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM, SIGPIPE, SIGWINCH] {
            sigaddset(&signals, number)
        }
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #if canImport(Darwin)
        var thread: pthread_t?
        let isStarted = pthread_create(&thread, nil, { _ in SupervisedProgram.waitForTheEnd() }, nil) == 0
        if isStarted, let thread { pthread_detach(thread) }
        #else
        var thread = pthread_t()
        let isStarted = pthread_create(&thread, nil, { _ in SupervisedProgram.waitForTheEnd() }, nil) == 0
        if isStarted { pthread_detach(thread) }
        #endif
    }

    private static func waitForTheEnd() -> UnsafeMutableRawPointer? {
        guard let link = SupervisorLink.current else { return nil }
        var byte: UInt8 = 0
        while true {
            let count = read(link.pipe, &byte, 1)
            if count == 0 { break }
            if count < 0, errno != EINTR { return nil }
        }
        link.removeFolder()
        kill(getpid(), SIGTERM)
        var left = patience
        while left > 0 { left = sleep(left) }
        kill(getpid(), SIGKILL)
        return nil
    }
}
