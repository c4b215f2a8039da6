/// One command that is sent at the start of every connection.
package enum HandshakeStep: Sendable {
    case authenticate
    case select
    case setName
    /// Shows whether the server lets us in and is done loading.
    case ping
    /// See ``RedisConfiguration/checks``.
    case check(ConnectionCheck)

    /// Why a connection cannot be used, given the reply to this step.
    package func problem(in reply: RedisValue) -> RedisError? {
        if case .check(let check) = self {
            return check.problem(reply).map { RedisError(code: .connectFailed, message: $0) }
        }
        guard case .error(let error) = reply else { return nil }
        // Said to whatever comes first, before the server closes; it is no answer to that.
        if error.message.hasPrefix("ERR max number of clients") {
            return RedisError(code: .connectFailed, message: error.message, serverCode: error.code)
        }
        switch (self, error.code) {
        case (_, "NOAUTH"), (_, "WRONGPASS"), (.authenticate, _):
            return RedisError(code: .authenticationFailed, message: error.message, serverCode: error.code)
        case (.setName, _), (.ping, "NOPERM"):
            // An access list may forbid these; the connection is good all the same.
            return nil
        default:
            return RedisError(code: .connectFailed, message: error.message, serverCode: error.code)
        }
    }
}

extension RedisConfiguration {
    /// The handshake with the commands that go with it.
    func handshake(connectionName: String?) -> [(HandshakeStep, RedisCommand)] {
        var steps: [(HandshakeStep, RedisCommand)] = []
        if let username {
            steps.append((.authenticate, RedisCommand("AUTH", RedisArgument(username), RedisArgument(password ?? ""))))
        } else if let password {
            steps.append((.authenticate, RedisCommand("AUTH", RedisArgument(password))))
        }
        if database != 0 { steps.append((.select, RedisCommand("SELECT", RedisArgument(database)))) }
        if let name = [clientName, connectionName].compactMap({ $0 }).joined(separator: "-").nonEmpty {
            let allowed = String(String.UnicodeScalarView(name.unicodeScalars.map { $0.isNameCharacter ? $0 : "-" }))
            steps.append((.setName, RedisCommand("CLIENT", "SETNAME", RedisArgument(allowed))))
        }
        steps.append((.ping, RedisCommand("PING")))
        if case .sentinel = address { steps.append((.check(.isMaster), ConnectionCheck.isMaster.command)) }
        for check in checks { steps.append((.check(check), check.command)) }
        return steps
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

extension Unicode.Scalar {
    /// Redis refuses spaces, line ends and everything outside ASCII in names.
    fileprivate var isNameCharacter: Bool { (0x21...0x7e).contains(value) }
}
