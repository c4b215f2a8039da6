import Testing

/// Runs the cases of a test at the same time: most of them wait for something.
func sideBySide<Case: Sendable>(
    _ cases: [Case],
    width: Int = 6,
    _ body: @escaping @Sendable (Case) async throws -> Void
) async {
    await withTaskGroup(of: Void.self) { group in
        for (number, one) in cases.enumerated() {
            if number >= width { await group.next() }
            group.addTask {
                do { try await body(one) } catch { Issue.record(error, "case \(one)") }
            }
        }
    }
}
