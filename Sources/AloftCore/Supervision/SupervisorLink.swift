internal import Synchronization

/// How a program finds the supervisor that runs it. The supervisor tells it in the environment.
package struct SupervisorLink: Hashable, Sendable {
    package static let variable = "ALOFT_SUPERVISOR"

    /// The end of a pipe that nobody writes to. It can be read to its end once the supervisor is gone.
    package var pipe: Int32
    /// A folder that only this user can look into.
    package var folder: String

    package init(pipe: Int32, folder: String) {
        self.pipe = pipe
        self.folder = folder
    }

    /// - Parameter text: The value of ``variable``.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let pipe = Int32(parts[0]), pipe >= 0, parts[1].hasPrefix("/") else { return nil }
        self.init(pipe: pipe, folder: String(parts[1]))
    }

    package var text: String { "\(pipe):\(folder)" }

    /// Where the backtracer of the program writes.
    package var backtraceFile: String { folder + "/backtrace" }
    /// Where the program notes its workers, one on a line, each before the store hears of it.
    package var workersFile: String { folder + "/workers" }
    /// Where the supervisor leaves a ``CrashNote`` for the program that it starts again.
    package var crashFile: String { folder + "/crash" }
}

extension SupervisorLink {
    private static let adopted = Mutex<SupervisorLink?>(nil)

    /// The link of this process, once it has taken it out of its environment: what it starts itself must not take itself for
    /// supervised.
    package static var current: SupervisorLink? {
        get { adopted.withLock { $0 } }
        set { adopted.withLock { $0 = newValue } }
    }
}
