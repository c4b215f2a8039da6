/// How a connection is encrypted. The server's certificate is always checked unless `verification` says otherwise.
public struct RedisTLSConfiguration: Sendable, Hashable {
    /// Which certificate authorities are believed.
    public enum TrustRoots: Sendable, Hashable {
        /// Those of the operating system.
        case system

        /// Those in a PEM file, and no others.
        case pemFile(String)

        /// Those in a text in PEM format, and no others.
        case pem(String)
    }

    /// What is checked of the server's certificate.
    public enum Verification: Sendable, Hashable {
        /// Its chain and its host name.
        case full

        /// Nothing: anybody on the way can read and change everything. For experiments only.
        case none
    }

    /// The certificate with which this client proves who it is.
    public struct Identity: Sendable, Hashable {
        /// PEM file of the certificate, followed by its intermediate certificates.
        public var certificateFile: String

        /// PEM file of its private key.
        public var privateKeyFile: String

        public init(certificateFile: String, privateKeyFile: String) {
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
        }
    }

    /// Which certificate authorities are believed. Default: the operating system's.
    public var trustRoots: TrustRoots

    /// What is checked of the server's certificate. Default: everything.
    public var verification: Verification

    /// The name that the certificate must carry, if it is not the host of the address.
    public var serverName: String?

    /// Set when the server asks for client certificates.
    public var identity: Identity?

    public init(
        trustRoots: TrustRoots = .system,
        verification: Verification = .full,
        serverName: String? = nil,
        identity: Identity? = nil
    ) {
        self.trustRoots = trustRoots
        self.verification = verification
        self.serverName = serverName
        self.identity = identity
    }
}
