internal import AloftCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The own executable, run once more.
struct SupervisedChild {
    enum End {
        case exited(Int32)
        case killed(Int32)

        /// As a shell tells it.
        var code: Int32 {
            switch self {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            }
        }
    }

    private let pid: pid_t

    /// - Parameters:
    ///   - arguments: The first is the program's name.
    ///   - link: What it shares with the supervisor.
    init?(_ arguments: [String], _ link: SupervisorLink) {
        #if canImport(Darwin)
        var attributes: posix_spawnattr_t?
        #else
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are held back here, for whatever reason, are not in the child. It has a process group of its own: what a terminal sends to a
        // group would reach it twice.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        var environment = Self.environment(link).map { strdup($0) as UnsafeMutablePointer<CChar>? }
        environment.append(nil)
        defer { for word in words + environment { free(word) } }
        var started: pid_t = 0
        guard posix_spawn(&started, Self.executable, nil, &attributes, words, environment) == 0 else { return nil }
        pid = started
    }

    /// Waits for its end and passes on what asks to stop: SIGTERM first, SIGINT if somebody is in a hurry, then SIGKILL.
    func wait(_ signals: SignalQueue) -> (end: End, isStopping: Bool) {
        var requests = 0
        while true {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid {
                let signal = status & 0x7f
                return (signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal), requests > 0)
            }
            let number = signals.next()
            guard number == SIGTERM || number == SIGINT else { continue }
            requests += 1
            kill(pid, [SIGTERM, SIGINT, SIGKILL][min(requests, 3) - 1])
        }
    }

    /// What the backtracer is told unless the environment says otherwise. The threads that did not crash, registers and images
    /// would take seconds to write, in which the program is neither alive nor dead.
    private static let backtracing = "enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none"

    /// Settings of the backtracer without the file that is ours.
    static func settings(_ settings: String, withoutOutputTo file: String) -> String {
        settings.split(separator: ",").filter { $0 != "output-to=\(file)" }.joined(separator: ",")
    }

    /// The own environment, with the link, and a backtracer that writes to a file, whatever else it was told.
    private static func environment(_ link: SupervisorLink) -> [String] {
        var variables: [String] = []
        var settings = backtracing
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            if text.hasPrefix("SWIFT_BACKTRACE=") {
                settings += "," + text.dropFirst("SWIFT_BACKTRACE=".count)
            } else if !text.hasPrefix(SupervisorLink.variable + "=") {
                variables.append(text)
            }
            next += 1
        }
        return variables + [
            "SWIFT_BACKTRACE=\(settings),output-to=\(link.backtraceFile)", "\(SupervisorLink.variable)=\(link.text)",
        ]
    }

    private static var executable: String {
        #if canImport(Darwin)
        var size = UInt32(PATH_MAX)
        var buffer = [CChar](repeating: 0, count: Int(size))
        guard _NSGetExecutablePath(&buffer, &size) == 0 else { return CommandLine.arguments[0] }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
        "/proc/self/exe"
        #endif
    }
}
