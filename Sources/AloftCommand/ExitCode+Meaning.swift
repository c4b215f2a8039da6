internal import AloftCore
internal import AloftDashboard
internal import AloftEncryption
internal import ArgumentParser

// What a command ends with. From 64 on they are those of sysexits.h.
extension ExitCode {
    /// The command did its work, and what it was asked about is not well: a workflow failed, the doctor found something.
    static let notWell = ExitCode(1)
    /// There is no such instance.
    static let notFound = ExitCode(2)
    /// The instance is open or finished, or the id is in use, and that does not allow it.
    static let conflict = ExitCode(3)
    /// A payload is not JSON, or too large.
    static let badData = ExitCode(65)
    /// A file cannot be read.
    static let noInput = ExitCode(66)
    /// Redis cannot be reached.
    static let unavailable = ExitCode(69)
    /// What is in Redis was written by a newer version, or by nobody who should have.
    static let unusable = ExitCode(70)
    /// A file cannot be written.
    static let noOutput = ExitCode(73)
    /// Trying again may help: the answer was lost, or it is not over yet.
    static let tryAgain = ExitCode(75)
    /// Settings are wrong, or those of Redis unsuitable.
    static let misconfigured = ExitCode(78)

    /// By Ctrl-C, as shells tell it.
    static let interrupted = ExitCode(130)

    init(_ code: StoreError.Code) {
        switch code {
        case .instanceNotFound: self = .notFound
        case .instanceFinished, .instanceOpen, .instanceAlreadyExists: self = .conflict
        case .invalidIdentifier, .payloadTooLarge, .historyTooLong: self = .badData
        case .inboxFull, .outcomeUnknown: self = .tryAgain
        case .unavailable, .shutdown, .leaseLost, .cancelled: self = .unavailable
        case .misconfigured: self = .misconfigured
        case .formatTooNew, .corrupt: self = .unusable
        default: self = .unusable
        }
    }
}

/// Something that a command cannot go on after, with what it ends with.
struct Refusal: Error {
    let exitCode: ExitCode
    /// What is wrong and what to do about it.
    let message: String

    init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// What an error means to whoever typed the command.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as StoreError: self.init(ExitCode(error.code), error.message)
        case let error as PayloadError: self.init(.badData, "\(error)")
        case let error as EncryptionError: self.init(.misconfigured, "\(error)")
        case let error as DashboardError: self.init(.misconfigured, "\(error)")
        default: self.init(.unusable, "\(error)")
        }
    }
}
