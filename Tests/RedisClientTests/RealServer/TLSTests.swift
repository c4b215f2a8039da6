import Foundation
import LocalRedis
import RedisClient
import Testing

@Suite struct TLSTests {
    /// A certificate authority and a server certificate for `localhost` in a temporary folder.
    private final class Certificates {
        let folder: URL
        var authority: String { folder.appendingPathComponent("ca.pem").path }
        var server: String { folder.appendingPathComponent("server.pem").path }
        var key: String { folder.appendingPathComponent("server.key").path }

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "subjectAltName=DNS:localhost\n".write(
                to: folder.appendingPathComponent("names"),
                atomically: true,
                encoding: .utf8
            )
            let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            try run("req -x509 \(newKey) -keyout ca.key -out ca.pem -days 2 -subj /CN=test-authority")
            try run("req \(newKey) -keyout server.key -out server.csr -subj /CN=localhost")
            let authority = "-CA ca.pem -CAkey ca.key -CAcreateserial"
            try run("x509 -req -in server.csr \(authority) -out server.pem -days 2 -extfile names")
        }

        deinit {
            try? FileManager.default.removeItem(at: folder)
        }

        private func run(_ arguments: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments.split(separator: " ").map { String($0) }
            process.currentDirectoryURL = folder
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "openssl \(arguments)")
        }

        var options: LocalRedisOptions {
            LocalRedisOptions(
                tls: LocalRedisOptions.TLS(certificateFile: server, privateKeyFile: key, authorityFile: authority)
            )
        }
    }

    private func start(_ certificates: Certificates) throws -> LocalRedis {
        do {
            return try LocalRedis(certificates.options)
        } catch let error as LocalRedisError where error.description.contains("tls-port") {
            try Test.cancel("this redis-server is built without TLS")
        }
    }

    private func ping(_ configuration: RedisConfiguration) async throws -> RedisValue {
        try await withClient(configuration) { client in
            try await client.connect()
            return try await client.send(RedisCommand("PING"))
        }
    }

    @Test func certificatesAreChecked() async throws {
        let certificates = try Certificates()
        let server = try start(certificates)
        defer { server.stop() }
        let port = try #require(server.tlsPort)
        var configuration = try RedisConfiguration.test("rediss://localhost:\(port)")

        // Signed by somebody we do not know.
        #expect(try await redisError { try await ping(configuration) }.code == .connectFailed)

        configuration.tls?.trustRoots = .pemFile(certificates.authority)
        #expect(try await ping(configuration) == .simple("PONG"))
        configuration.tls?.trustRoots = .pem(try String(contentsOfFile: certificates.authority, encoding: .utf8))
        #expect(try await ping(configuration) == .simple("PONG"))

        // The right authority, the wrong name.
        configuration.tls?.serverName = "example.org"
        #expect(try await redisError { try await ping(configuration) }.code == .connectFailed)
        configuration.tls?.serverName = "localhost"
        configuration.address = .tcp(host: "127.0.0.1", port: port)
        #expect(try await ping(configuration) == .simple("PONG"))
        configuration.tls?.serverName = nil
        #expect(try await redisError { try await ping(configuration) }.code == .connectFailed)

        // Only when told to.
        configuration.tls = RedisTLSConfiguration(verification: .none)
        #expect(try await ping(configuration) == .simple("PONG"))

        configuration.tls = RedisTLSConfiguration(trustRoots: .pemFile("/nonexistent.pem"))
        #expect(try await redisError { try await ping(configuration) }.code == .connectFailed)
    }

    @Test func plainClientOnATLSPortAndViceVersa() async throws {
        let certificates = try Certificates()
        let server = try start(certificates)
        defer { server.stop() }
        let port = try #require(server.tlsPort)
        var plain = try RedisConfiguration.test("redis://localhost:\(port)")
        plain.connectTimeout = .seconds(2)
        await #expect(throws: RedisError.self) { try await ping(plain) }
        let other = try LocalRedis(LocalRedisOptions(tcp: true))
        defer { other.stop() }
        var secure = try RedisConfiguration.test("rediss://localhost:\(try #require(other.port))")
        secure.connectTimeout = .seconds(2)
        await #expect(throws: RedisError.self) { try await ping(secure) }
    }
}
