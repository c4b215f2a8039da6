import Aloft

/// Texts that mean no good: pages must show them and never obey them.
enum Mischief {
    static let script = "<script>document.title='owned'</script>"
    static let image = "\"><img src=x onerror=\"document.title='owned'\">"
    static let turned = "invoice-\u{202E}fdp.exe"
    static let hidden = "order\u{200B}-\u{2066}42\u{2069}"
    static let mustache = "{{{base}}}{{#rows}}{{> layout}}{{/rows}}"
    static let huge = String(repeating: "0123456789abcdef", count: 20_000)

    static let all = [script, image, turned, hidden, mustache, huge]

    static func start(_ client: WorkflowClient) async throws {
        for (number, text) in all.enumerated() {
            let id = number == all.count - 1 ? InstanceID("huge-payload") : InstanceID(text)
            try await client.start(
                Echo.self,
                text,
                id: id,
                queue: "orders",
                options: StartOptions(memo: ["note": String(text.prefix(200))], reusePolicy: .allow)
            )
        }
    }
}
