import Aloft

struct Subscription: Workflow {
    static let stop = Signal<Void>("stop")

    func run(_ context: WorkflowContext, _ month: Int) async throws -> Int {
        try await context.sleep(for: .seconds(30 * 24 * 3600))
        guard try await context.tryReceive(Self.stop) == nil else { return month }
        throw context.continueAsNew(month + 1)
    }
}
