import AloftCore
import Foundation
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    static let usableNames = [
        "order-42", "a", "with space", "{42}:*?[x]", "ünï", "🕊", String(repeating: "x", count: 255),
        String(repeating: "é", count: 127),
    ]
    static let unusableNames = [
        "", String(repeating: "x", count: 256), String(repeating: "é", count: 128), "a\nb", "\u{0}", "tab\t", "\u{7f}",
        "\u{1b}[31m", "\u{85}", "\u{9b}31m", "a\u{2028}b", "\u{2029}",
    ]

    @Test("names of 1 to 255 bytes without control characters are usable", arguments: usableNames)
    func usable(_ name: String) throws {
        #expect(try InstanceID(name).validated().rawValue == name)
        #expect(try TaskQueue(name).validated() == TaskQueue(rawValue: name))
    }

    @Test("others are an error that names the subject", arguments: unusableNames)
    func unusable(_ name: String) {
        func expect(_ subject: String, _ validate: () throws -> Void) {
            let error = #expect(throws: StoreError.self) { try validate() }
            #expect(error?.code == .invalidIdentifier)
            #expect(error?.message.contains(subject) == true)
        }
        expect("instance id") { try InstanceID(name).validated() }
        expect("execution id") { try ExecutionID(name).validated() }
        expect("task queue") { try TaskQueue(name).validated() }
        expect("worker id") { try WorkerID(name).validated() }
        expect("workflow name") { try InstanceStart(instance: "i", workflow: name, input: .none).validate() }
    }

    @Test("the error tells what is wrong and where")
    func messages() {
        func message(_ name: String) -> String {
            do {
                try InstanceID(name).validated()
                return ""
            } catch {
                return error.message
            }
        }
        #expect(message("").contains("empty"))
        #expect(message(String(repeating: "x", count: 300)).contains("300 bytes"))
        #expect(message("ab\ncd").contains("byte 2"))
    }

    @Test("a start checks all its names")
    func start() throws {
        let good = InstanceStart(instance: "i", workflow: "W", input: .none)
        try good.validate()
        for spoil in [
            { $0.instance = "" }, { $0.execution = "" }, { $0.queue = "" }, { $0.workflow = "" },
        ] as [(inout InstanceStart) -> Void] {
            var bad = good
            spoil(&bad)
            #expect(throws: StoreError.self) { try bad.validate() }
        }
    }

    @Test("random ids are usable and nobody else's")
    func random() throws {
        let ids = (0..<1000).map { _ in ExecutionID.random() }
        #expect(Set(ids).count == 1000)
        for id in ids { #expect(try id.validated().rawValue.utf8.count == 22) }
        #expect(InstanceID.random() != InstanceID.random())
        #expect(try WorkerID.random().validated().rawValue.utf8.count == 12)
    }

    @Test("identifiers are coded as plain texts, also as keys of their own")
    func coding() throws {
        let ids: [InstanceID] = ["a", "b"]
        let data = try JSONEncoder().encode(ids)
        #expect(String(decoding: data, as: UTF8.self) == #"["a","b"]"#)
        #expect(try JSONDecoder().decode([InstanceID].self, from: data) == ids)
    }

    @Test("identifiers are ordered and written as their texts")
    func order() {
        let number = 42
        let id: InstanceID = "order-\(number)"
        #expect(id.description == "order-42")
        #expect((["b", "a", "c"] as [TaskQueue]).sorted() == ["a", "b", "c"])
        #expect([CommandID(10), CommandID(9)].sorted() == [CommandID(9), CommandID(10)])
    }
}
