import NIOConcurrencyHelpers

/// A Lua script that is sent once per server and called by its digest.
///
/// Make one value per script and keep it: copies share the digest, which the server tells at the first call.
public struct RedisScript: Sendable {
    private final class Digest: Sendable {
        let value = NIOLockedValueBox<String?>(nil)
    }

    /// A name for logs and errors.
    public let name: String

    /// The Lua source, which may start with `#!lua flags=…`.
    public let source: String

    private let digest = Digest()

    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }

    /// What `EVALSHA` takes, `nil` until a server has told it.
    var sha: String? { digest.value.withLockedValue { $0 } }

    func learn(_ reply: RedisValue?) {
        guard case .bulk(let bytes) = reply else { return }
        digest.value.withLockedValue { $0 = String(decoding: bytes, as: UTF8.self) }
    }
}
