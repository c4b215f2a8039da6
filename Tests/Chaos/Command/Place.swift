import ChaosKit
import Foundation
import LocalRedis
import Synchronization

/// A place in the fleet, in which one process follows another.
final class Place: Sendable {
    private struct State {
        var process: GuardedProcess?
        var names: [String] = []
        /// Ended by itself, which nobody is to do.
        var crashes: [String] = []
    }

    let victim: Victim
    private let folder: String
    private let arguments: @Sendable (_ name: String) -> [String]
    private let state = Mutex(State())

    /// - Parameter arguments: Of the process that is next, whose name is given.
    init(_ victim: Victim, folder: String, arguments: @escaping @Sendable (_ name: String) -> [String]) {
        self.victim = victim
        self.folder = folder
        self.arguments = arguments
    }

    /// All that were in this place.
    var names: [String] { state.withLock { $0.names } }
    var crashes: [String] { state.withLock { $0.crashes } }
    private var title: String { "\(victim)".replacingOccurrences(of: " ", with: "-") }

    /// Starts the next one. Blocks for a moment.
    func start() throws {
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        try state.withLock { state in
            let name = "\(title)-\(state.names.count)"
            let log = "\(folder)/\(name).log"
            state.process = try GuardedProcess([program] + arguments(name), log: log, folder: folder)
            state.names.append(name)
        }
    }

    /// `kill -9`. Blocks until it is gone.
    func kill() { state.withLock { $0.process.take() }?.end("KILL") }

    /// Tells it to stop, and kills it if it has not by then. Blocks until it is gone.
    ///
    /// - Returns: Whether it went by itself.
    func drain() -> Bool {
        state.withLock { $0.process.take() }?.end(within: 15_000) ?? true
    }

    func freeze() { state.withLock { $0.process }?.freeze() }
    func thaw() { state.withLock { $0.process }?.thaw() }

    /// Starts another if the one that should be here has ended by itself. Clients may.
    func replaceIfCrashed() throws {
        let hasCrashed = state.withLock { state in
            guard let process = state.process, process.hasEnded else { return false }
            state.crashes.append(state.names.last ?? "")
            return true
        }
        guard hasCrashed else { return }
        kill()
        try start()
    }
}
