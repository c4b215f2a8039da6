import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A private `redis-server` in a temporary folder of its own, on a Unix socket, for tests, benchmarks and demos.
///
/// It ends with ``stop()``, when the value goes away, and when the process that started it dies, whatever way. Calls
/// block for as long as the server takes, some hundredths of a second.
package final class LocalRedis: Sendable {
    package let options: LocalRedisOptions

    /// The folder of the socket, the log and the data.
    package let folder: String
    package let socketPath: String

    /// The plain TCP port, if one was asked for.
    package let port: Int?

    /// The TLS port, if one was asked for.
    package let tlsPort: Int?

    private let process: Mutex<GuardedProcess?>

    /// Starts a server and returns once it answers.
    ///
    /// - Throws: ``LocalRedisError``, also when `redis-server` is not installed.
    package convenience init(_ options: LocalRedisOptions = LocalRedisOptions()) throws {
        var attempts = 5
        while true {
            do {
                try self.init(once: options)
                return
            } catch {
                // Somebody else may have taken the port between our look and the server's.
                guard attempts > 1, options.tcp || options.tls != nil else { throw error }
                attempts -= 1
            }
        }
    }

    private init(once options: LocalRedisOptions) throws {
        guard let server = Self.findServer() else {
            throw LocalRedisError(
                "redis-server is not installed or not in PATH (apt install redis-server, brew install redis)"
            )
        }
        self.options = options
        folder = try makeTemporaryFolder()
        socketPath = "\(folder)/redis.sock"
        do {
            port = options.tcp ? try findFreePort() : nil
            tlsPort = options.tls == nil ? nil : try findFreePort()
            process = Mutex(nil)
            try start(server)
        } catch {
            removeFolder(folder)
            throw error
        }
    }

    deinit {
        stop()
    }

    /// A URL of the Unix socket for clients, with the password.
    package var url: String {
        "unix://\(socketPath)" + (options.password.map { "?password=\(Self.percentEncoded($0))" } ?? "")
    }

    /// A URL of the Unix socket for stores: with the user whose rights are being tested, if there is one.
    package var storeURL: String { url(as: "worker") }

    /// A URL of the Unix socket for programs of one kind: "worker", "client" or "reader". Where no rights are being tested, with
    /// those of the one who may do everything.
    package func url(as kind: String) -> String {
        guard storeUser != nil else { return url }
        return "unix://\(socketPath)?user=aloft-\(kind)&password=\(kind)"
    }

    /// Whom stores sign in as in a run under access rights. `nil`, as usual: as the one who may do everything.
    package var storeUser: (name: String, password: String)? {
        guard Self.accessFile != nil, options.password == nil else { return nil }
        return ("aloft-worker", "worker")
    }

    /// The ACL file that all servers of this run read: with `aloft-worker`, whose password is "worker", likewise `aloft-client` and
    /// `aloft-reader`, and a default user who may do everything, as whom tests look behind the store's back. `make test-acl` sets it.
    private static let accessFile = getenv("ALOFT_TEST_ACL").map { String(cString: $0) }

    /// The number of the server's process, `nil` when it does not run.
    package var pid: Int32? {
        process.withLock { $0?.pid }
    }

    /// Ends the server at once and removes its folder, and with it whatever the server could still have saved.
    package func stop() {
        end("KILL")
        removeFolder(folder)
    }

    /// Ends the server in its orderly way and keeps its folder for ``restart()``.
    package func terminate() {
        end("TERM")
    }

    /// `kill -9`. The folder stays for ``restart()``.
    package func kill() {
        end("KILL")
    }

    /// Starts the server again with the same folder, socket and ports, ending the present one first if it runs.
    package func restart() throws {
        end("TERM")
        guard let server = Self.findServer() else { throw LocalRedisError("redis-server is gone") }
        try start(server)
    }

    /// Stops the process without ending it (`SIGSTOP`): its sockets stay open and nobody answers.
    package func freeze() {
        signal(SIGSTOP)
    }

    /// Lets a frozen process go on.
    package func thaw() {
        signal(SIGCONT)
    }

    private func signal(_ number: Int32) {
        process.withLock { process in
            if let process { _ = systemKill(process.pid, number) }
        }
    }

    private func end(_ signal: String) {
        process.withLock { $0.take() }?.end(signal)
        // A killed server leaves its socket behind, which would look like one that is about to answer.
        unlink(socketPath)
    }

    private func start(_ server: String) throws {
        let log = "\(folder)/log"
        let guarded = try GuardedProcess([server] + arguments(), log: log, folder: folder)
        let probe = RedisProbe(socketPath: socketPath, password: options.password)
        var left = 5_000
        while !probe.isReady() {
            let tail = readTail(of: log, bytes: 2_000)
            left -= 1
            // The shell keeps a server that ended as a zombie, which signal 0 still reaches; the log tells.
            let ended = tail.contains("FATAL") || tail.contains("Failed listening") || tail.contains("not found")
            guard left > 0, !ended else {
                guarded.end("KILL")
                throw LocalRedisError("redis-server did not start:\n\(tail)")
            }
            pause(milliseconds: 2)
        }
        process.withLock { $0 = guarded }
    }

    private func arguments() -> [String] {
        var list = ["--dir", folder, "--unixsocket", socketPath, "--unixsocketperm", "700", "--port", "\(port ?? 0)"]
        list += ["--bind", "127.0.0.1", "--daemonize", "no", "--save", ""]
        switch options.persistence {
        case .none: list += ["--appendonly", "no"]
        case .aofEverysec: list += ["--appendonly", "yes", "--appendfsync", "everysec"]
        case .aofAlways: list += ["--appendonly", "yes", "--appendfsync", "always"]
        }
        if let file = Self.accessFile, options.password == nil { list += ["--aclfile", file] }
        if let password = options.password { list += ["--requirepass", password] }
        if let tls = options.tls {
            list += ["--tls-port", "\(tlsPort ?? 0)", "--tls-auth-clients", "no"]
            list += ["--tls-cert-file", tls.certificateFile, "--tls-key-file", tls.privateKeyFile]
            list += ["--tls-ca-cert-file", tls.authorityFile]
        }
        return list + options.extraArguments
    }

    /// A TCP port of the loopback address that nobody listens on at the moment.
    package static func freePort() throws -> Int { try findFreePort() }

    private static func findServer() -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let folders = path.split(separator: ":").map { String($0) } + ["/usr/local/bin", "/opt/homebrew/bin"]
        return folders.map { "\($0)/redis-server" }.first { access($0, X_OK) == 0 }
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

private func systemKill(_ pid: Int32, _ number: Int32) -> Int32 {
    kill(pid, number)
}
