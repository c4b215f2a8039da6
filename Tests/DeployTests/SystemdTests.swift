import Foundation
import Testing

#if os(Linux)
private let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

/// The units of deploy/systemd, as far as they can be judged without a running systemd.
@Suite(.enabled(if: isThere, "systemd-analyze is not installed: `make test-deploy` installs it"))
struct SystemdTests {
    private static let units = ["aloft-worker@.service", "aloft-dashboard.service", "aloft.target"]

    /// Copies the units with programs that are there, since it is checked that those they name can be run.
    private func withUnits(_ change: (String) -> String = { $0 }, _ body: (URL) throws -> Void) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for unit in Self.units {
            let text = try Deploy.text("systemd/\(unit)").replacing(/(?m)^(Exec[A-Za-z]+=)\/usr\/local\/\S+/) {
                "\($0.1)/bin/true"
            }
            try change(text).write(to: folder.appending(path: unit), atomically: true, encoding: .utf8)
        }
        try body(folder)
    }

    private func verify(_ folder: URL) throws -> Finished {
        let instance = folder.appending(path: "aloft-worker@1.service")
        try FileManager.default.copyItem(at: folder.appending(path: "aloft-worker@.service"), to: instance)
        let files = ["aloft-worker@1.service", "aloft-dashboard.service", "aloft.target"].map {
            folder.appending(path: $0).path
        }
        return try run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes"] + files,
            environment: ["SYSTEMD_UNIT_PATH": "\(folder.path):"]
        )
    }

    @Test("systemd has nothing to say about the units")
    func verified() throws {
        try withUnits { folder in
            let finished = try verify(folder)
            #expect(finished.status == 0)
            // It exits with 0 in spite of settings that it does not know.
            let said = finished.errors.split(separator: "\n").filter {
                $0.contains(folder.path) || $0.contains("aloft")
            }
            #expect(said == [])
        }
    }

    @Test("That check finds a setting that does not exist")
    func spellingMistake() throws {
        try withUnits {
            $0.replacing("RestartSec=", with: "RestartSecs=")
        } _: { folder in
            let said = try verify(folder).errors
            #expect(said.contains("RestartSecs"))
        }
    }

    @Test("Workers are shut in: systemd's own judgement is better than 2.5 of 10")
    func exposure() throws {
        try withUnits { folder in
            let instance = folder.appending(path: "aloft-worker@1.service")
            try FileManager.default.copyItem(at: folder.appending(path: "aloft-worker@.service"), to: instance)
            let finished = try run(["systemd-analyze", "security", "--offline=yes", "--threshold=25", instance.path])
            #expect(finished.status == 0, "\(finished.output.suffix(200))")
        }
    }

    @Test("The dashboard has threads enough for a machine of many cores")
    func threads() throws {
        let lines = Deploy.lines(try Deploy.text("systemd/aloft-dashboard.service"))
        let most = lines.first { $0.hasPrefix("TasksMax=") }?.dropFirst("TasksMax=".count)
        #expect(try #require(most.flatMap { Int($0) }) >= 512)
    }

    @Test("A worker is restarted after a crash, and has longer to stop than its grace period")
    func lifecycle() throws {
        let lines = Deploy.lines(try Deploy.text("systemd/aloft-worker@.service"))
        #expect(lines.contains("Restart=always"))
        #expect(lines.contains("StartLimitIntervalSec=0"))
        #expect(lines.contains("KillSignal=SIGTERM"))
        let stop = lines.first { $0.hasPrefix("TimeoutStopSec=") }?.dropFirst("TimeoutStopSec=".count)
        #expect(try #require(stop.flatMap { Int($0) }) > 10)
    }
}
#endif
