import Aloft
import Logging

struct Basket: Workflow {
    static let add = Signal<String>("add")
    static let checkOut = Signal<Void>("check out")

    func run(_ context: WorkflowContext) async throws -> [String] {
        var items: [String] = []
        for try await item in context.signals(Self.add) {
            items.append(item)
            if try await context.tryReceive(Self.checkOut) != nil { break }
        }
        return items
    }
}

enum SignalSnippets {
    static func outside(_ client: WorkflowClient, _ handle: InstanceHandle<[String]>) async throws {
        try await handle.signal(Basket.add, "lamp", id: "request-7")
        try await client.signalWithStart(Basket.self, signal: Basket.add, "bulb", id: "basket-42")
    }

    static func inside(_ context: WorkflowContext) async throws {
        do {
            try await context.signal("basket-42", Basket.add, "bulb")
        } catch let error as SignalError where error.failure.kind == .finished {
            context.logger.info("too late: \(error.instance) has checked out")
        }
    }
}
