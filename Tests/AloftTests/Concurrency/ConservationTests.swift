import Aloft
import Testing

/// Whatever is cancelled or times out when: a value that was sent is received once or still there, and one whose sending
/// failed is received by nobody.
@Suite struct ConservationTests {
    struct Market: Workflow {
        func run(_ context: WorkflowContext, _ seed: Int) async throws -> [String] {
            let stalls = Stalls(context)
            await withTaskGroup { group in
                for trader in 0..<6 { group.addTask { await stalls.trade(trader, seed) } }
                // Some end in the midst of a trade.
                if seed % 3 == 0 {
                    await group.next()
                    group.cancelAll()
                }
            }
            return try await context.shielded { try await stalls.close() }
        }
    }

    /// What the traders share: channels without and with capacity, and what each trader believes to have done.
    final class Stalls: Sendable {
        let context: WorkflowContext
        let channels: [Channel<Int>]
        let sent = Shared<[Int]>([])
        let received = Shared<[Int]>([])

        init(_ context: WorkflowContext) {
            self.context = context
            channels = [0, 0, 1, 2].map { context.channel(of: Int.self, capacity: $0) }
        }

        func trade(_ trader: Int, _ seed: Int) async {
            var random = SeededGenerator(seed: "trader \(trader) of \(seed)")
            for step in 0..<8 {
                // How it failed is not the question.
                do { try await trade(100 * trader + step, &random) } catch {}
            }
        }

        private func trade(_ value: Int, _ random: inout SeededGenerator) async throws {
            let channel = channels.randomElement(using: &random) ?? channels[0]
            let other = channels.randomElement(using: &random) ?? channels[0]
            let time = Duration.milliseconds(Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                try await context.timeout(time) { try await channel.send(value) }
                sent.update { $0.append(value) }
            case 2, 3: note(try await context.timeout(time) { try await channel.receive() })
            case 4:
                if try await channel.trySend(value) { sent.update { $0.append(value) } }
                note(try await other.tryReceive())
            case 5:
                let future = context.future { try await channel.send(value) }
                defer { future.cancel() }
                do { try await context.sleep(for: time) } catch { future.cancel() }
                future.cancel()
                // Its end counts, also for a trader that is cancelled.
                try await context.shielded { try await future.value }
                sent.update { $0.append(value) }
            case 6:
                let future = context.future { try await channel.receive() }
                defer { future.cancel() }
                do { try await context.sleep(for: time) } catch { future.cancel() }
                future.cancel()
                note(try await context.shielded { try await future.value })
            default:
                let outcome = try await context.select(
                    .receive(channel) { Outcome.received($0) },
                    .send(other, value) { .sent },
                    .after(time) { .nothing }
                )
                switch outcome {
                case .received(let value): note(value)
                case .sent: sent.update { $0.append(value) }
                case .nothing: break
                }
            }
        }

        private enum Outcome: Sendable {
            case received(Int?)
            case sent
            case nothing
        }

        private func note(_ value: Int?) { if let value { received.update { $0.append(value) } } }

        /// Takes what is left. - Returns: What does not add up, and at last how many values changed hands.
        func close() async throws -> [String] {
            let handed = received.value.count
            for channel in channels { while let value = try await channel.tryReceive() { note(value) } }
            let lost = sent.value.filter { !received.value.contains($0) }.map { "\($0) was lost" }
            let unsent = received.value.filter { !sent.value.contains($0) }.map { "\($0) was not sent" }
            let twice = Set(received.value).count == received.value.count ? [] : ["some came twice"]
            return lost + unsent + twice + ["\(handed)"]
        }
    }

    @Test func nothingIsLost() throws {
        var traded = 0
        for seed in 0..<300 {
            let engine = EngineHarness(Market.self)
            var random = SeededGenerator(seed: "clock \(seed)")
            var timers = try engine.start(seed).timers
            var time: Int64 = 1_000
            var isCancelled = false
            while engine.completion == nil {
                var inputs: [DeliveredInput] = []
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    guard let next = timers.min(by: { ($0.due, $0.command) < ($1.due, $1.command) }) else { break }
                    timers.removeAll { $0.command == next.command }
                    time = max(time, next.due.milliseconds)
                    inputs.append(.init(timestamp: Timestamp(milliseconds: time), body: .timerFired(next.command)))
                }
                if !isCancelled, seed % 4 == 1, Int.random(in: 0..<8, using: &random) == 0 {
                    isCancelled = true
                    inputs.insert(.init(timestamp: Timestamp(milliseconds: time), body: .cancel), at: 0)
                }
                try #require(!inputs.isEmpty, "seed \(seed) waits for \(engine.execution.waits.map(\.text))")
                let decisions = try engine.feed(inputs)
                timers += decisions.timers
                timers.removeAll { decisions.cancelledTimers.contains($0.command) }
                if Int.random(in: 0..<10, using: &random) == 0 { try engine.restart() }
            }
            let lines = try engine.completion?.value([String].self) ?? []
            #expect(lines.count == 1, "seed \(seed): \(lines)")
            traded += lines.last.flatMap { Int($0) } ?? 0
        }
        #expect(traded > 1_000, "only \(traded) values changed hands")
    }
}
