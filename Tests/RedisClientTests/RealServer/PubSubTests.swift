import LocalRedis
import RedisClient
import Testing

@Suite struct PubSubTests {
    private func publish(_ client: RedisClient, _ channel: String, _ text: String) async throws -> Int {
        try await client.send(RedisCommand("PUBLISH", RedisArgument(channel), RedisArgument(text))).int
    }

    private func message(_ channel: String, _ text: String) -> RedisSubscriptionEvent {
        .message(RedisMessage(channel: channel, payload: Array(text.utf8)))
    }

    private func listeners(_ client: RedisClient, _ channel: String) async throws -> Int? {
        try await client.send(RedisCommand("PUBSUB", "NUMSUB", RedisArgument(channel))).array.last?.int
    }

    @Test func confirmedMeansDelivered() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            for round in 0..<20 {
                let subscription = try await subscriber.subscribe("c\(round)")
                #expect(try await publish(client, "c\(round)", "hello") == 1)
                var events = subscription.makeAsyncIterator()
                #expect(await events.next() == message("c\(round)", "hello"))
            }
        }
    }

    @Test func messagesAreInOrderAndPerChannel() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let one = try await subscriber.subscribe("one")
            let two = try await subscriber.subscribe("two")
            for number in 0..<100 {
                _ = try await publish(client, number % 2 == 0 ? "one" : "two", "\(number)")
            }
            var first = one.makeAsyncIterator()
            var second = two.makeAsyncIterator()
            for number in stride(from: 0, to: 100, by: 2) {
                #expect(await first.next() == message("one", "\(number)"))
                #expect(await second.next() == message("two", "\(number + 1)"))
            }
        }
    }

    @Test func countsItsReaders() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let first = try await subscriber.subscribe("c")
            do {
                let second = try await subscriber.subscribe("c")
                _ = try await publish(client, "c", "both")
                var a = first.makeAsyncIterator()
                var b = second.makeAsyncIterator()
                #expect(await a.next() == message("c", "both"))
                #expect(await b.next() == message("c", "both"))
                second.cancel()
                #expect(await b.next() == nil)
            }
            #expect(try await publish(client, "c", "one left") == 1)
            first.cancel()
            try await eventually { try await listeners(client, "c") == 0 }
            // And again, over the same connection.
            let third = try await subscriber.subscribe("c")
            #expect(try await publish(client, "c", "again") == 1)
            var events = third.makeAsyncIterator()
            #expect(await events.next() == message("c", "again"))
        }
    }

    @Test func readerThatIsCancelledUnsubscribes() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let task = Task {
                for await _ in try await subscriber.subscribe("c") {}
            }
            try await eventually { try await listeners(client, "c") == 1 }
            task.cancel()
            _ = await task.result
            try await eventually { try await listeners(client, "c") == 0 }
        }
    }

    @Test func unreadSubscriptionThatIsLetGoUnsubscribes() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            _ = try await subscriber.subscribe("c")
            try await eventually { try await listeners(client, "c") == 0 }
        }
    }

    @Test func subscribesAgainAfterClientKill() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let first = try await subscriber.subscribe("c")
            let second = try await subscriber.subscribe("d")
            var c = first.makeAsyncIterator()
            var d = second.makeAsyncIterator()
            for round in 0..<3 {
                try await client.killOthers(type: "pubsub")
                #expect(await c.next() == .resubscribed)
                #expect(await d.next() == .resubscribed)
                #expect(try await publish(client, "c", "\(round)") == 1)
                #expect(try await publish(client, "d", "\(round)") == 1)
                #expect(await c.next() == message("c", "\(round)"))
                #expect(await d.next() == message("d", "\(round)"))
            }
        }
    }

    @Test func subscribesAgainAfterRestart() async throws {
        try await withRedis { client, server in
            let subscriber = client.subscriber()
            let subscription = try await subscriber.subscribe("c")
            server.kill()
            try server.restart()
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == .resubscribed)
            #expect(try await publish(client, "c", "x") == 1)
        }
    }

    @Test func slowReaderIsToldThatItMissed() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let subscription = try await subscriber.subscribe("c")
            let commands = (0..<1_500).map { RedisCommand("PUBLISH", "c", RedisArgument($0)) }
            _ = try await client.pipeline(commands)
            var seen: [RedisSubscriptionEvent] = []
            // A second subscription on the same connection is confirmed after all those messages.
            _ = try await subscriber.subscribe("d")
            subscription.cancel()
            for await event in subscription { seen.append(event) }
            #expect(seen.contains(.missed))
            #expect(seen.contains(message("c", "1499")))
        }
    }

    @Test func halfOpenSubscriberIsReplaced() async throws {
        let ok = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
        try await withFakeServer(
            .init { number, words in
                switch words[0] {
                case "SUBSCRIBE": .reply(ok)
                default: .silence
                }
            }
        ) {
            $0.keepAliveInterval = .milliseconds(20)
            $0.commandTimeout = .milliseconds(100)
        } _: { client, server in
            let subscriber = client.subscriber()
            let subscription = try await subscriber.subscribe("c", timeout: .seconds(20))
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == .resubscribed)
            #expect(server.connections >= 2)
        }
    }

    @Test func shutdownEndsTheSubscriptions() async throws {
        try await withRedis { client, _ in
            let subscriber = client.subscriber()
            let subscription = try await subscriber.subscribe("c")
            await subscriber.shutdown()
            var events = subscription.makeAsyncIterator()
            #expect(await events.next() == nil)
            #expect(try await redisError { try await subscriber.subscribe("c") }.code == .shutdown)
        }
    }

    @Test func absentServer() async throws {
        try await withClient(.test("unix:///tmp/nobody-listens-here.sock")) { client in
            let subscriber = client.subscriber()
            let error = try await redisError { try await subscriber.subscribe("c", timeout: .milliseconds(50)) }
            #expect(error.code == .timeout)
        }
    }
}
