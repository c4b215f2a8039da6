internal import Configuration
internal import Foundation

/// Settings from flags, the environment and a file; what comes first counts.
struct Settings: Sendable {
    /// A setting by its name in files: `redis.url` is `ALOFT_REDIS_URL` in the environment.
    enum Key: String, CaseIterable, Sendable {
        case redisURL = "redis.url"
        case prefix
        case retention
        case durability
        case maximumPayloadBytes
        case encryptionKey = "encryption.key"
        case encryptionKeyFile = "encryption.keyFile"
        case dashboardHost = "dashboard.host"
        case dashboardPort = "dashboard.port"
        case dashboardTitle = "dashboard.title"
        case dashboardTokens = "dashboard.tokens"
        case dashboardTokensFile = "dashboard.tokensFile"
        case dashboardAllowedHosts = "dashboard.allowedHosts"
        case dashboardBehindTLS = "dashboard.behindTLS"

        /// An empty one is not the same as none: it is told rather than passed over, lest it open what it was to close.
        fileprivate var countsIfEmpty: Bool { [.dashboardTokens, .dashboardTokensFile].contains(self) }

        var isSecret: Bool { [.redisURL, .encryptionKey, .dashboardTokens].contains(self) }

        fileprivate var path: AbsoluteConfigKey {
            AbsoluteConfigKey(rawValue.split(separator: ".").map(String.init))
        }
    }

    struct Value: Sendable {
        var text: String
        /// "flag", "environment" or the path of the file.
        var origin: String
    }

    private let values: [Key: Value]

    /// - Parameters:
    ///   - flags: Those that were given.
    ///   - file: The file of settings; `nil`: that of `ALOFT_CONFIG`, otherwise `~/.config/aloft/config.json` if there is one.
    /// - Throws: ``Refusal``.
    init(flags: [Key: String] = [:], environment: [String: String], file: String? = nil) async throws {
        let given = flags.map { ($0.key.path, ConfigValue(stringLiteral: $0.value)) }
        var providers: [(String, any ConfigProvider)] = [
            ("flag", InMemoryProvider(values: Dictionary(uniqueKeysWithValues: given))),
            ("environment", EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "aloft")),
        ]
        if let file = try Self.file(file, environment) {
            providers.append((file, try await Self.provider(ofFile: file)))
        }
        var values: [Key: Value] = [:]
        for key in Key.allCases {
            for (origin, provider) in providers where values[key] == nil {
                guard let text = try Self.text(key, provider, origin), key.countsIfEmpty || !text.isEmpty else {
                    continue
                }
                values[key] = Value(text: text, origin: origin)
            }
        }
        self.values = values
    }

    subscript(key: Key) -> String? { values[key]?.text }

    func origin(of key: Key) -> String? { values[key]?.origin }

    func number(_ key: Key, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = self[key] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw complaint(key, "has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func duration(_ key: Key) throws(Refusal) -> Duration? {
        guard let text = self[key] else { return nil }
        guard let duration = DurationArgument(argument: text) else {
            throw complaint(key, "has to be a length of time, such as 90s, 15m, 36h or 30d")
        }
        return duration.duration
    }

    func flag(_ key: Key) throws(Refusal) -> Bool? {
        switch self[key]?.lowercased() {
        case nil: return nil
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw complaint(key, "has to be true or false")
        }
    }

    func complaint(_ key: Key, _ text: String) -> Refusal {
        Refusal(.misconfigured, "the setting \(key.rawValue) (\(origin(of: key) ?? "default")) \(text)")
    }

    /// The name of a setting in the environment.
    static func variable(_ key: Key) -> String {
        var name = "ALOFT_"
        var last: Character?
        for character in key.rawValue {
            if character.isUppercase, last?.isLowercase == true { name += "_" }
            name += character == "." ? "_" : character.uppercased()
            last = character
        }
        return name
    }

    private static func text(_ key: Key, _ provider: any ConfigProvider, _ origin: String) throws(Refusal) -> String? {
        // Files know types: each is asked for until one fits.
        for type in [ConfigType.string, .int, .bool, .stringArray] {
            guard let result = try? provider.value(forKey: key.path, type: type) else { continue }
            switch result.value?.content {
            case nil: return nil
            case .string(let text): return text
            case .int(let number): return "\(number)"
            case .bool(let flag): return "\(flag)"
            case .stringArray(let texts): return texts.joined(separator: ",")
            default: continue
            }
        }
        throw Refusal(
            .misconfigured,
            "\(origin): the setting \(key.rawValue) is neither a text, a number nor a list of texts"
        )
    }

    private static func file(_ file: String?, _ environment: [String: String]) throws(Refusal) -> String? {
        if let named = file ?? environment["ALOFT_CONFIG"], !named.isEmpty { return named }
        let base = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { "\($0)/.config" }
        guard let path = base.map({ "\($0)/aloft/config.json" }), FileManager.default.fileExists(atPath: path) else {
            return nil
        }
        return path
    }

    private static func provider(ofFile path: String) async throws(Refusal) -> any ConfigProvider {
        do {
            let place = ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: path)]))
            return try await FileProvider<JSONSnapshot>(config: place)
        } catch {
            throw Refusal(.misconfigured, "the settings in \(path) cannot be read: \(error)")
        }
    }
}
