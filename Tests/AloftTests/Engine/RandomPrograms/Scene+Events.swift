import Aloft

// Steps that the history holds.
extension Scene {
    func eventStep(_ place: String, _ random: inout SeededGenerator) async throws -> String {
        let number = Int.random(in: 0..<100, using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: return "activity \(try await context.activity(Reference.double, number))"
        case 2:
            async let one = context.activity(Reference.double, number)
            async let two = context.activity(Reference.double, number + 1)
            return "both \(try await one + two)"
        case 3:
            let effect = try await context.sideEffect { number }
            var dice = context.random
            return "effect \(effect) \(Int.random(in: 1...6, using: &dice)) \(context.uuid())"
        case 4: return "no number \(try await context.sideEffect { Double.nan })"
        case 5: return "shielded \(try await context.shielded { try await self.context.activity(Reference.double, 1) })"
        case 6:
            // More than the store takes.
            try await context.activity(Reference.work, String(repeating: "x", count: RandomWorld.payloadBytes))
            return "too large"
        case 7:
            // Made, and not thrown: it does nothing. Some are refused.
            let error = context.continueAsNew(number)
            let large = context.continueAsNew(String(repeating: "y", count: number * RandomWorld.payloadBytes / 50))
            return "\(type(of: error)) \(type(of: large)) \(try await context.sideEffect { number })"
        default:
            let reason = context.cancellationReason ?? "none"
            return "cancelled \(context.isCancelled) for \(reason), advised \(context.shouldContinueAsNew)"
        }
    }

    func timedStep(_ place: String, _ random: inout SeededGenerator) async throws -> String {
        let time = Duration.milliseconds(Int.random(in: -1...60, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            try await context.sleep(for: time)
            return "slept"
        case 1:
            let number = try await context.timeout(time) { try await self.context.receive(Signals.number) }
            counter.update { $0 += 1 }
            return "signal \(number)"
        case 2:
            let wanted = counter.value + 1
            try await context.timeout(time) { try await self.context.until { self.counter.value >= wanted } }
            return "counter \(counter.value)"
        case 3:
            return try await withTaskCancellationHandler {
                try await context.timeout(time) {
                    for try await text in self.context.signals(Signals.text) { return "text \(text)" }
                    return "no text"
                }
            } onCancel: {
                self.note("\(place) is cancelled")
            }
        default:
            counter.update { $0 += 1 }
            return "signals \(String(describing: try await context.tryReceive(Signals.number)))"
        }
    }

    func childStep(_ place: String, _ random: inout SeededGenerator) async throws -> String {
        let number = Int.random(in: 0..<100, using: &random)
        let kind = Int.random(in: 0..<6, using: &random)
        let reference = WorkflowReference<Int, Int>("Child")
        var options = SubWorkflowOptions()
        if Bool.random(using: &random) { options.id = InstanceID("child-\(number % 3)") }
        switch kind {
        case 0: return "child \(try await context.subWorkflow(reference, number, options: options))"
        case 1, 2:
            let child = try await context.startSubWorkflow(reference, number, options: options)
            children.update { $0.append(child) }
            return "started \(child.instance)"
        case 3:
            guard let child = children.value.randomElement(using: &random) else { return "no child" }
            return "result \(try await child.result())"
        case 4:
            guard let child = children.value.randomElement(using: &random) else { return "no child" }
            try await child.cancel()
            return "cancelled \(child.instance)"
        default:
            try await context.signal("other", Signals.number, number)
            return "sent \(number)"
        }
    }
}
