/// What kind of private server is wanted.
package struct LocalRedisOptions: Sendable {
    package enum Persistence: Sendable {
        /// Nothing survives the process.
        case none
        case aofEverysec
        case aofAlways
    }

    /// Certificates for a TLS port, as paths of PEM files.
    package struct TLS: Sendable {
        package var certificateFile: String
        package var privateKeyFile: String
        package var authorityFile: String

        package init(certificateFile: String, privateKeyFile: String, authorityFile: String) {
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
            self.authorityFile = authorityFile
        }
    }

    package var persistence: Persistence

    /// Whether it also listens on a free TCP port of 127.0.0.1. The Unix socket is always there.
    package var tcp: Bool

    /// Whether it also listens with TLS on a free port of 127.0.0.1.
    package var tls: TLS?

    package var password: String?

    /// Further arguments of `redis-server`, such as `["--maxmemory", "10mb"]`.
    package var extraArguments: [String]

    package init(
        persistence: Persistence = .none,
        tcp: Bool = false,
        tls: TLS? = nil,
        password: String? = nil,
        extraArguments: [String] = []
    ) {
        self.persistence = persistence
        self.tcp = tcp
        self.tls = tls
        self.password = password
        self.extraArguments = extraArguments
    }
}
