import ChaosKit
import Foundation
import Testing

@Suite struct JournalTests {
    @Test func aReaderSeesWhatIsWrittenMeanwhile() throws {
        let path = FileManager.default.temporaryDirectory.path + "/journal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = JournalReader(path: path)
        #expect(try reader.next().isEmpty)
        let journal = try Journal(path: path)
        try journal.write(.intent(1))
        try journal.write(.outcome(instance: "a", .failed("no")), isSynced: true)
        #expect(try reader.next() == [.intent(1), .outcome(instance: "a", .failed("no"))])
        #expect(try reader.next().isEmpty)
        try Journal(path: path).write(.finished)
        #expect(try reader.next() == [.finished])
    }

    @Test func aLineThatIsNotWholeIsReadWhenItIs() throws {
        let path = FileManager.default.temporaryDirectory.path + "/journal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let line = try JSONEncoder().encode(JournalEntry.ready)
        try line.prefix(3).write(to: URL(fileURLWithPath: path))
        var reader = JournalReader(path: path)
        #expect(try reader.next().isEmpty)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: line.dropFirst(3) + Data("\n".utf8))
        try file.close()
        #expect(try reader.next() == [.ready])
    }
}
