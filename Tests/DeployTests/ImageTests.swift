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
        let arguments = instructions("ARG")
        let port = try #require(arguments.first { $0.hasPrefix("HEALTH_PORT=") }).dropFirst("HEALTH_PORT=".count)
        #expect(check.hasSuffix("CMD [\"/usr/local/bin/probe.sh\"]"))
        #expect(instructions("EXPOSE") == ["$HEALTH_PORT"])
        #expect(arguments.contains("HEALTH_PATH=/health/live"))
        #expect(lines.contains { $0.contains("ALOFT_ENDPOINT=0.0.0.0:\(port)") })
        // What the check reads when it runs.
        for name in ["HEALTH_PORT", "HEALTH_PATH"] {
            #expect(lines.contains { $0.hasPrefix("ENV ") && $0.contains("\(name)=$\(name)") })
        }
        #expect(instructions("STOPSIGNAL") == ["SIGTERM"])
    }

    @Test("The image of the dashboard is asked where a dashboard answers")
    func dashboard() throws {
        let compose = try Deploy.text("compose/compose.yaml")
        let values = try #require(
            compose.firstMatch(of: /PRODUCT: aloft, HEALTH_PORT: "(\d+)", HEALTH_PATH: (\S+)\}/)
        )
        #expect(compose.contains("\"--port\", \"\(values.1)\""))
        let probe = try Deploy.text("kubernetes/dashboard.yaml")
        #expect(probe.contains("path: \(values.2)\n"))
        let arguments = "--build-arg HEALTH_PORT=\(values.1) --build-arg HEALTH_PATH=\(values.2)"
        #expect(try Deploy.text("docker/Dockerfile").contains(arguments))
        #expect(try Deploy.text("README.md").contains(arguments))
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
