extension RedisConfiguration {
    /// Reads a configuration from a URL.
    ///
    /// Understood are `redis://[user[:password]@]host[:port][/database]`, the same with `rediss` for TLS, and
    /// `unix:///path/of/socket` (also `redis+unix`). Each may carry `?db=…&user=…&password=…`. User, password and path
    /// may be percent-encoded.
    ///
    /// A master that sentinels know: `redis+sentinel://[user[:password]@]host[:port],host[:port],…/master[/database]`, with
    /// `rediss+sentinel` for TLS. User and password are those of the server; those of the sentinels are
    /// `?sentinel_user=…&sentinel_password=…`.
    ///
    /// - Throws: ``RedisError`` with code ``RedisError/Code/invalidConfiguration``. Its message never repeats any part
    ///   of the URL, since a mistyped one may have the password anywhere.
    public init(url: String) throws {
        guard let separator = Self.firstRange(of: "://", in: url) else {
            throw Self.invalid("a Redis URL starts with redis://, rediss:// or unix://")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        var rest = url[separator.upperBound...]
        if rest.contains("#") { throw Self.invalid("a Redis URL has no fragment; write '#' as %23") }

        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        switch scheme {
        case "redis", "rediss":
            try self.init(authorityAndPath: rest)
            if scheme == "rediss" { tls = RedisTLSConfiguration() }
        case "redis+sentinel", "rediss+sentinel":
            try self.init(sentinels: rest)
            if scheme.hasPrefix("rediss") { tls = RedisTLSConfiguration() }
        case "unix", "redis+unix":
            try self.init(socketPath: rest)
        default:
            throw Self.invalid(
                "unknown scheme; a Redis URL starts with redis://, rediss://, redis+sentinel:// or unix://"
            )
        }
        try apply(query: query)
    }

    private init(authorityAndPath text: Substring) throws {
        let (authority, path, user, secret) = try Self.parts(of: text)
        self.init(address: try Self.hostAndPort(authority, port: 6379))
        username = user
        password = secret
        if !path.isEmpty { database = try Self.databaseNumber(path) }
    }

    private init(sentinels text: Substring) throws {
        let (authority, path, user, secret) = try Self.parts(of: text)
        let words = path.split(separator: "/", maxSplits: 1)
        guard let name = words.first else { throw Self.invalid("the name of the master is missing: …/name") }
        let hosts = authority.split(separator: ",", omittingEmptySubsequences: false)
        let sentinels = try hosts.map { try Self.hostAndPort($0, port: 26_379) }
        self.init(address: .sentinel(master: try Self.decoded(name), sentinels: sentinels))
        username = user
        password = secret
        if words.count > 1 { database = try Self.databaseNumber(words[1]) }
    }

    /// What stands between the scheme and the query.
    private static func parts(
        of text: Substring
    ) throws -> (authority: Substring, path: Substring, user: String?, secret: String?) {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let authority = text[..<slash]
        let path = text[slash...].drop { $0 == "/" }
        guard !path.contains("@") else { throw invalid("write '/' and '@' in a password as %2F and %40") }
        guard let at = authority.lastIndex(of: "@") else { return (authority, path, nil, nil) }
        let info = authority[..<at]
        let colon = info.firstIndex(of: ":")
        let name = try decoded(info[..<(colon ?? info.endIndex)])
        let secret = try colon.map { try decoded(info[info.index(after: $0)...]) }
        return (authority[authority.index(after: at)...], path, name.isEmpty ? nil : name, secret)
    }

    private init(socketPath text: Substring) throws {
        guard text.hasPrefix("/") else { throw Self.invalid("the path of a Unix socket is absolute: unix:///path") }
        let path = try Self.decoded(text)
        // sockaddr_un holds 108 bytes on Linux and 104 on macOS, its terminating zero included.
        guard path.utf8.count <= 103 else { throw Self.invalid("the path of the Unix socket is over 103 bytes") }
        self.init(address: .unix(path: path))
    }

    private mutating func apply(query: Substring) throws {
        for pair in query.split(separator: "&") {
            let mark = pair.firstIndex(of: "=") ?? pair.endIndex
            let value = try Self.decoded(pair[mark...].dropFirst())
            switch pair[..<mark] {
            case "db": database = try Self.databaseNumber(value[...])
            case "password": password = value
            case "user", "username": username = value
            case "sentinel_user": sentinelUsername = value
            case "sentinel_password": sentinelPassword = value
            default: throw Self.invalid("unknown query parameter; known are db, user, password and those of sentinels")
            }
        }
    }

    private static func hostAndPort(_ text: Substring, port standard: Int) throws -> RedisAddress {
        var host = text
        var port = standard
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw invalid("the IPv6 address lacks its ']'") }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":") else { throw invalid("after ']' only a port may follow") }
                port = try portNumber(tail.dropFirst())
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            guard !host.contains(":") else { throw invalid("write an IPv6 address in brackets") }
            port = try portNumber(text[text.index(after: colon)...])
        }
        let name = try decoded(host)
        guard !name.isEmpty else { throw invalid("the host is missing") }
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw invalid("the host has odd characters") }
        return .tcp(host: name, port: port)
    }

    private static func portNumber(_ text: Substring) throws -> Int {
        guard let port = Int(text), (1...65_535).contains(port), !text.hasPrefix("+") else {
            throw invalid("the port is not a number from 1 to 65535")
        }
        return port
    }

    private static func databaseNumber(_ text: Substring) throws -> Int {
        guard let number = Int(text), number >= 0, !text.hasPrefix("+") else {
            throw invalid("the database is not a number from 0 on")
        }
        return number
    }

    private static func decoded(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw invalid("a '%' is not followed by two hexadecimal digits; write it as %25")
            }
            bytes.append(high << 4 | low)
        }
        guard let string = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw invalid("a percent-encoded part is not valid UTF-8")
        }
        return string
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    private static func firstRange(of needle: String, in text: String) -> Range<String.Index>? {
        text.firstRange(of: needle)
    }

    private static func invalid(_ message: String) -> RedisError {
        RedisError(code: .invalidConfiguration, message: message)
    }
}
