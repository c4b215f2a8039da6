import AloftClient
import AloftEncryption
import AloftInsight
import AloftRedis
import Foundation
import Testing

/// Payloads that are encrypted are shown to whoever has the key, and to nobody else.
@Suite struct EncryptionTests {
    private let key = EncryptionKey.random()

    private func withSecrets(_ body: (Stand, URL) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "aloft-\(ExecutionID.random()).keys")
        defer { try? FileManager.default.removeItem(at: file) }
        // A newer key, too: what the old one encrypted stays readable.
        try "# current\n\(EncryptionKey.random().text)\n\(key.text)\n".write(
            to: file,
            atomically: true,
            encoding: .utf8
        )
        let coder = PayloadCoder(codec: EncryptionCodec(key: key))
        try await withStand { stand in
            try await stand.start("secret", input: try coder.encode(["card": "4242"]))
            try await stand.decide("secret", completion: .completed(try coder.encode("paid")))
            try await body(stand, file)
        }
    }

    @Test("without a key there is their size, and what to do")
    func hidden() async throws {
        try await withSecrets { stand, _ in
            for command in ["show", "history", "export"] {
                let outcome = try await stand.aloft(command, "secret")
                #expect(outcome.status == 0 && !outcome.output.contains("4242") && !outcome.output.contains("paid"))
            }
            #expect(
                try await stand.aloft("show", "secret").output.contains(/encrypted, \d+ B; give --key-file to read it/)
            )
            let result = try await stand.aloft("result", "secret")
            #expect(
                result.status == 65 && result.output.isEmpty && result.complaints.contains("encrypted"),
                "\(result)"
            )
            let view = try await stand.aloft("result", "secret", "--json").data(ResultView.self, kind: "result")
            #expect(view.result?.codec == "aes-gcm" && view.result?.json == nil)
        }
    }

    @Test("with the key they are told, by flag and by environment")
    func shown() async throws {
        try await withSecrets { stand, file in
            #expect(try await stand.aloft("result", "secret", "--key-file", file.path).output == "\"paid\"\n")
            #expect(
                try await stand.aloft("show", "secret", "--key-file", file.path).output.contains("{\"card\": \"4242\"}")
            )
            let byEnvironment = try await stand.aloft(
                "history",
                "secret",
                environment: ["ALOFT_ENCRYPTION_KEY": key.text]
            )
            #expect(byEnvironment.output.contains("{\"card\":\"4242\"}"))
            let byFile = try await stand.aloft(
                "result",
                "secret",
                environment: ["ALOFT_ENCRYPTION_KEY_FILE": file.path]
            )
            #expect(byFile.output == "\"paid\"\n")
        }
    }

    @Test("with another key it is told that this is not the one; a key that is none stops the command")
    func wrongKey() async throws {
        try await withSecrets { stand, _ in
            let other = ["ALOFT_ENCRYPTION_KEY": EncryptionKey.random().text]
            let outcome = try await stand.aloft("show", "secret", environment: other)
            #expect(outcome.output.contains("encrypted with a key that is not among those given"), "\(outcome)")
            let none = try await stand.aloft("show", "secret", environment: ["ALOFT_ENCRYPTION_KEY": "c2VjcmV0"])
            #expect(none.status == 78 && !none.complaints.contains("c2VjcmV0"), "\(none)")
            #expect(try await stand.aloft("show", "secret", "--key-file", "/nowhere").status == 66)
        }
    }

    @Test("what is sent with a key is encrypted")
    func sent() async throws {
        try await withSecrets { stand, _ in
            let environment = ["ALOFT_ENCRYPTION_KEY": key.text]
            _ = try await stand.aloft(
                "start",
                "Pay",
                "--id",
                "sent",
                "--queue",
                "orders",
                "--input",
                "\"4242\"",
                environment: environment
            )
            let task = try #require(try await stand.store.nextWorkflowTasks(for: stand.worker, limit: 1).first)
            guard case .started(let started) = try await stand.store.load(task)?.inbox.first?.body else {
                throw Stand.Conflict()
            }
            #expect(started.input.encoding == "json;aes-gcm")
            #expect(
                try PayloadCoder(codec: EncryptionCodec(key: key)).decode(String.self, from: started.input) == "4242"
            )
        }
    }
}
