internal import ArgumentParser

/// `aloft settings`
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Tells the settings that count, and where each comes from.",
        discussion: """
            A flag counts before the environment, the environment before the file. The file is that of --config, of \
            ALOFT_CONFIG, or ~/.config/aloft/config.json:

            {"redis": {"url": "rediss://redis.internal:6380"}, "prefix": "shop", "encryption": {"keyFile": "/etc/aloft/keys"}}
            """
    )

    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await reporting {
            let settings = try await store.settings()
            let terminal = Terminal.output
            var table = Table([
                .init("SETTING"), .init("ENVIRONMENT"), .init("VALUE", minimum: 10), .init("FROM", minimum: 10),
            ])
            for key in Settings.Key.allCases {
                let value = settings[key].map { key.isSecret ? "(set, and not shown)" : $0 }
                table.add([
                    Styled(key.rawValue, .bold), Styled(Settings.variable(key)), Styled(value ?? ""),
                    Styled(settings.origin(of: key) ?? "default", .faint),
                ])
            }
            Console.say(table.lines(terminal), to: terminal)
        }
    }
}
