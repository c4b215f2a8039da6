internal import Synchronization

#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// A program that was started, with a pipe to its input and one from its output. Arguments are bytes.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package let pid: Int32
    private let output: Int32
    private let input: Mutex<Int32?>
    private let end = Mutex<End?>(nil)

    /// - Parameter arguments: The first is the path of the program.
    /// - Throws: ``SystemError``.
    package init(_ arguments: [BytePath]) throws(SystemError) {
        let program = arguments.first ?? BytePath("")
        let (childInput, ownInput) = try Self.makePipe(for: program)
        let (ownOutput, childOutput): (Int32, Int32)
        do {
            (ownOutput, childOutput) = try Self.makePipe(for: program)
        } catch {
            close(childInput)
            close(ownInput)
            throw error
        }
        let (started, code) = Self.spawn(arguments, input: childInput, output: childOutput)
        close(childInput)
        close(childOutput)
        pid = started
        output = ownOutput
        input = Mutex(ownInput)
        guard code == 0 else { throw SystemError("start", program, code: code) }
    }

    deinit {
        closeInput()
        close(output)
    }

    /// Ends the program's input, which tells a program that watches it that we do not want it any more.
    package func closeInput() {
        if let descriptor = input.withLock({ $0.take() }) { close(descriptor) }
    }

    /// Hands on what the program writes, piece by piece, until it closes its output. Blocks.
    package func readOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
            if count > 0 {
                buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    /// `kill -9`. Does nothing to a program that has been waited for: its number may be another's by now.
    package func kill() {
        end.withLock { end in
            if end == nil { _ = systemKill(pid) }
        }
    }

    /// Waits until the program has ended. Blocks.
    @discardableResult
    package func wait() -> End {
        // Waiting without taking the status leaves the number to the program, so that a kill meanwhile hits nobody else.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            let found: End = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
            end = found
            return found
        }
    }

    private static func makePipe(for program: BytePath) throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("start", program, code: errno) }
        // Otherwise a child would hold the pipes of its siblings open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(_ arguments: [BytePath], input: Int32, output: Int32) -> (pid: Int32, code: Int32) {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)

        // We may ignore signals or hold them back; children start as from a shell.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words = arguments.map { argument in argument.withCString { strdup($0) } }
        words.append(nil)
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0] ?? strdup(""), &actions, &attributes, words, environ)
        return (pid, code)
    }
}

private func systemKill(_ pid: Int32) -> Int32 { kill(pid, SIGKILL) }
