import Aloft
import ArchiveKit
import ArgumentParser
import Foundation

/// What the process returns, beside 0. From 64 on as in BSD's sysexits.h.
enum ExitStatus {
    static let difference = ExitCode(1)
    static let instanceFailed = ExitCode(2)
    static let source = ExitCode(66)
    static let store = ExitCode(69)
    static let software = ExitCode(70)
    static let system = ExitCode(71)
    static let output = ExitCode(73)
    static let interrupted = ExitCode(130)

    /// Runs the body of a command; says what went wrong in one line, and ends with the status that goes with it.
    static func exiting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let problem as ArchiveProblem {
            Console.complain(problem.description)
            throw code(of: problem.kind)
        } catch let error as StoreError {
            Console.complain(error.description)
            throw store
        } catch is CancellationError {
            throw interrupted
        } catch {
            Console.complain("\(error)")
            throw software
        }
    }

    private static func code(of kind: ArchiveProblem.Kind) -> ExitCode {
        switch kind {
        case .source: source
        case .output: output
        case .store: store
        case .instances: instanceFailed
        case .system: system
        }
    }
}
