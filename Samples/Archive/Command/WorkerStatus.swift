import Foundation

/// What a supervised worker tells whoever started it: lines of JSON on its standard output.
enum WorkerStatus: Codable, Hashable, Sendable {
    /// It takes tasks.
    case ready
    /// It found workers that had died.
    case tookOver(dead: [String], tasks: Int)

    func write() {
        guard let line = try? JSONEncoder().encode(self) else { return }
        FileHandle.standardOutput.write(line + Data("\n".utf8))
    }

    init?(line: some Sequence<UInt8>) {
        guard let status = try? JSONDecoder().decode(WorkerStatus.self, from: Data(line)) else { return nil }
        self = status
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let tasks = try container.decodeIfPresent(Int.self, forKey: .tasks) {
            self = .tookOver(dead: try container.decode([String].self, forKey: .dead), tasks: tasks)
        } else {
            _ = try container.decode(Bool.self, forKey: .ready)
            self = .ready
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .ready: try container.encode(true, forKey: .ready)
        case .tookOver(let dead, let tasks):
            try container.encode(dead, forKey: .dead)
            try container.encode(tasks, forKey: .tasks)
        }
    }

    private enum Key: CodingKey { case ready, dead, tasks }
}
