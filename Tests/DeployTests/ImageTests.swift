import Foundation
import Testing

/// The text of deploy/docker: what can be said of it without a docker.
@Suite struct ImageTests {
    private let lines: [String]

    init() throws {
        let text = try Deploy.text("docker/Dockerfile").replacing("\\\n", with: " ")
        lines = Deploy.lines(text)
    }

    /// What follows each use of an instruction.
    private func instructions(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
    }

    @Test("Two stages of fixed versions, the second without Swift")
    func stages() {
        let stages = instructions("FROM")
        #expect(stages.count == 2)
        #expect(stages.allSatisfy { $0.contains(":") && !$0.contains(":latest") })
        #expect(stages.last?.contains("swift") == false)
    }

    @Test("It runs as somebody with no rights, by number, so that Kubernetes can see that it is not root")
    func user() throws {
        let user = try #require(instructions("USER").last)
        let numbers = user.split(separator: ":").compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers.allSatisfy { $0 >= 1_000 })
        // Nothing is installed, and nothing written, after that.
        let position = try #require(lines.lastIndex { $0.hasPrefix("USER ") })
        #expect(!lines[position...].contains { $0.hasPrefix("RUN ") || $0.hasPrefix("COPY ") })
    }

    @Test("It has a health check on the port that it names, and the signal that drains")
    func health() throws {
        let check = try #require(instructions("HEALTHCHECK").first)
        let port = try #require(instructions("EXPOSE").first)
        #expect(check.contains("\"\(port)\"") && check.contains("/health/live"))
        #expect(lines.contains { $0.contains("ALOFT_ENDPOINT=0.0.0.0:\(port)") })
        #expect(instructions("STOPSIGNAL") == ["SIGTERM"])
    }

    @Test("What it copies is there, and is let through by the file that keeps the rest out")
    func context() throws {
        let admitted = Deploy.lines(try Deploy.text("docker/Dockerfile.dockerignore"))
        #expect(admitted.first == "*", "all is kept out that is not let in")
        for copy in instructions("COPY") where !copy.hasPrefix("--from") {
            for source in copy.split(separator: " ").dropLast() where !source.hasSuffix("*") {
                #expect(FileManager.default.fileExists(atPath: Deploy.root.appending(path: source).path), "\(source)")
                #expect(admitted.contains("!\(source)"), "\(source)")
            }
        }
    }
}
