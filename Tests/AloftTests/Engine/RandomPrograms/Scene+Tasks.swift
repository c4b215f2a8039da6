import Aloft

// Steps that concern other tasks of the same run.
extension Scene {
    func channelStep(_ place: String, _ random: inout SeededGenerator) async throws -> String {
        let channel = channels.randomElement(using: &random) ?? channels[0]
        let number = Int.random(in: 0..<100, using: &random)
        let time = Duration.milliseconds(Int.random(in: 1...60, using: &random))
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<3:
            try await context.timeout(time) { try await channel.send(number) }
            return "sent \(number)"
        case 3..<6:
            let value = try await context.timeout(time) { try await channel.receive() }
            return "received \(String(describing: value))"
        case 6: return "tried to send \(try await channel.trySend(number)) \(channel.count)"
        case 7: return "tried \(String(describing: try await channel.tryReceive())) \(channel.count)"
        case 8:
            channel.close()
            return "closed \(channel.isClosed)"
        case 9: return "fulfilled \(promises[number % 4].fulfil(number))"
        case 10: return "failed \(promises[number % 4].fail(RandomProgram.Oops(place: place)))"
        default:
            let value = try await context.timeout(time) { try await self.promises[number % 4].future.value }
            return "promised \(value)"
        }
    }

    func taskStep(_ place: String, depth: Int, _ random: inout SeededGenerator) async throws -> String {
        let count = Int.random(in: 2...3, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let first = try await withThrowingTaskGroup(of: Int.self) { group in
                for branch in 0..<count {
                    group.addTask {
                        try await self.act("\(place)/\(branch)", depth: depth + 1)
                        return branch
                    }
                }
                // The others are cancelled in the midst of whatever they do.
                defer { group.cancelAll() }
                return try await group.next()
            }
            return "first \(String(describing: first))"
        case 1:
            try await withThrowingDiscardingTaskGroup { group in
                for branch in 0..<count {
                    group.addTask { try await self.act("\(place)/\(branch)", depth: depth + 1) }
                }
            }
            return "all"
        case 2:
            async let one: Void = act("\(place)/a", depth: depth + 1)
            async let two: Void = act("\(place)/b", depth: depth + 1)
            _ = try await (one, two)
            return "both"
        default:
            try await context.shielded { try await self.act("\(place)/s", depth: depth + 1) }
            return "shielded"
        }
    }

    func futureStep(_ place: String, depth: Int, _ random: inout SeededGenerator) async throws -> String {
        let time = Duration.milliseconds(Int.random(in: 1...60, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            guard depth < 3 else { return "too deep" }
            let future = context.future {
                try await self.act("\(place)/f", depth: depth + 1)
                return depth
            }
            futures.update { $0.append(future) }
            return "begun"
        case 2:
            guard let future = futures.value.randomElement(using: &random) else { return "no future" }
            return "future \(try await context.timeout(time) { try await future.value }) \(future.isDone)"
        case 3:
            guard let future = futures.value.randomElement(using: &random) else { return "no future" }
            future.cancel()
            return "cancelled \(future.isDone)"
        case 4:
            guard depth < 3 else { return "too deep" }
            group.add()
            let future = context.future {
                defer { self.group.done() }
                try await self.act("\(place)/w", depth: depth + 1)
                return depth
            }
            futures.update { $0.append(future) }
            return "counted \(group.count)"
        default:
            try await context.timeout(time) { try await self.group.wait() }
            return "group of \(group.count)"
        }
    }

    func selectStep(_ place: String, _ random: inout SeededGenerator) async throws -> String {
        var cases: [SelectCase<String>] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let channel = channels.randomElement(using: &random) ?? channels[0]
            let number = Int.random(in: 0..<100, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: cases.append(.receive(channel) { "value \(String(describing: $0))" })
            case 1: cases.append(.send(channel, number) { "sent \(number)" })
            case 2: cases.append(.receive(Signals.number) { "signal \($0)" })
            case 3: cases.append(.receive(Signals.text) { "text \($0)" })
            case 4: cases.append(.wait(for: group) { "no parts" })
            case 5: cases.append(.await(promises[number % 4].future) { "promise \($0)" })
            case 6:
                guard let future = futures.value.randomElement(using: &random) else { continue }
                cases.append(.result(of: future) { "result \($0)" })
            default:
                // The handler waits in its turn.
                cases.append(
                    .after(.milliseconds(number)) {
                        "late \(try await self.context.activity(Reference.double, number))"
                    }
                )
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { cases.append(.default { "nothing" }) }
        // Mostly with an end, so that not too many wait for ever.
        if Int.random(in: 0..<4, using: &random) > 0 { cases.append(.after(.milliseconds(50)) { "end" }) }
        guard !cases.isEmpty else { return "no case" }
        return try await context.select(cases)
    }
}
