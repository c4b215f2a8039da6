#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A program under a small shell that outlives neither us nor it.
///
/// The shell waits for a word on its standard input and ends the program on it. When our process dies, however it
/// dies, the pipe closes and the shell ends the program and removes the folder. The shell is also the one who waits
/// for the program, so the program's number stays its own until the shell has ended it.
///
/// The program is started before the shell begins to ignore signals: it would ignore them, too, and never hear of a
/// `SIGTERM` that came before it listens.
package struct GuardedProcess: Sendable {
    private static let script = """
        log=$1; folder=$2; shift 2
        "$@" >>"$log" 2>&1 </dev/null &
        child=$!
        trap "" HUP INT QUIT TERM PIPE
        echo "$child"
        if read -r word; then kill -"$word" "$child" 2>/dev/null; wait "$child" 2>/dev/null
        else kill -KILL "$child" 2>/dev/null; wait "$child" 2>/dev/null; rm -rf -- "$folder"
        fi
        """

    /// The number of the program itself.
    package let pid: Int32
    private let shell: pid_t
    private let input: Int32
    private let output: Int32

    /// - Parameters:
    ///   - log: Where its output goes.
    ///   - folder: Removed when our process dies.
    package init(_ arguments: [String], log: String, folder: String) throws {
        var toShell: [Int32] = [-1, -1]
        var fromShell: [Int32] = [-1, -1]
        guard pipe(&toShell) == 0, pipe(&fromShell) == 0 else { throw LocalRedisError("no pipe", errno: errno) }
        for descriptor in toShell + fromShell { setCloseOnExec(descriptor) }

        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toShell[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromShell[1], 1)
        // Nothing else may be inherited: two shells that held each other's pipes would never see them close, and a
        // socket of ours would stay open in them after we closed it.
        #if !canImport(Darwin)
        Self.closeEverythingElse(&actions)
        #endif

        #if canImport(Darwin)
        var attributes: posix_spawnattr_t?
        let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_CLOEXEC_DEFAULT)
        posix_spawn_file_actions_addinherit_np(&actions, 2)
        #else
        var attributes = posix_spawnattr_t()
        let flags = Int16(POSIX_SPAWN_SETSIGMASK)
        #endif
        posix_spawnattr_init(&attributes)
        // Threads of a pool block signals. The shell would inherit that and never hear of its child's end.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, flags)
        defer { posix_spawnattr_destroy(&attributes) }
        let words = ["sh", "-c", Self.script, "sh", log, folder] + arguments
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var started: pid_t = 0
        let result = posix_spawn(&started, "/bin/sh", &actions, &attributes, pointers, environ)
        close(toShell[0])
        close(fromShell[1])
        input = toShell[1]
        output = fromShell[0]
        shell = started
        guard result == 0 else {
            close(input)
            close(output)
            throw LocalRedisError("/bin/sh does not start", errno: result)
        }
        guard let line = readLine(from: output), let number = Int32(line) else {
            close(input)
            close(output)
            throw LocalRedisError("/bin/sh did not start the program")
        }
        pid = number
    }

    #if !canImport(Darwin)
    /// glibc has this since 2.34 but hides it from Swift.
    private static func closeEverythingElse(_ actions: inout posix_spawn_file_actions_t) {
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
        _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
    }
    #endif

    /// Sends `signal` ("TERM", "KILL") and waits until the program is gone.
    package func end(_ signal: String) {
        _ = writeAll("\(signal)\n", to: input)
        // The end of its output means that the shell, and with it the program, is gone.
        while readLine(from: output) != nil {}
        close(input)
        close(output)
        var status: Int32 = 0
        _ = retrying { Int(waitpid(shell, &status, 0)) }
    }

    /// Whether the program has ended by itself. It stays to be ended, so that its number is nobody else's.
    package var hasEnded: Bool {
        if kill(pid, 0) != 0 { return true }
        // The shell has not asked for it yet, so it is a zombie, which signals still reach.
        let status = readTail(of: "/proc/\(pid)/stat", bytes: 512)
        return status.split(separator: ")").last?.hasPrefix(" Z") ?? false
    }

    /// Asks it to end (`SIGTERM`) and waits until it is gone; kills it if it is still there after so many milliseconds.
    ///
    /// - Returns: Whether it went when it was asked to.
    package func end(within milliseconds: Int) -> Bool {
        _ = kill(pid, SIGTERM)
        var left = milliseconds
        while !hasEnded, left > 0 {
            pause(milliseconds: 5)
            left -= 5
        }
        let isGone = hasEnded
        end("KILL")
        return isGone
    }

    /// Stops it without ending it.
    package func freeze() { _ = kill(pid, SIGSTOP) }

    /// Lets a frozen program go on.
    package func thaw() { _ = kill(pid, SIGCONT) }
}
