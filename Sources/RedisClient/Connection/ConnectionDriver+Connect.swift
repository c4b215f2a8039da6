import Logging
import NIOCore
import NIOPosix
import NIOSSL

extension ConnectionDriver {
    func startConnecting() {
        generation += 1
        let attempt = generation
        backoffTimer?.cancel()
        connectTimer = eventLoop.scheduleTask(in: TimeAmount(clamping: configuration.connectTimeout)) {
            self.connectionEnded(
                attempt,
                RedisError(code: .connectFailed, message: "no connection within \(self.configuration.connectTimeout)")
            )
        }
        guard case .sentinel(let master, let sentinels) = configuration.address else {
            return open(configuration.address, attempt)
        }
        // Not always the same first: it may be the one that has not heard of a failover.
        let lookup = MasterLookup(master: master, sentinels: sentinels, of: configuration, on: eventLoop, logger)
        lookup.run(beginningWith: attempt).whenComplete { result in
            guard attempt == self.generation else { return }
            switch result {
            case .success(let address): self.open(address, attempt)
            case .failure(let error):
                let failure = error as? RedisError ?? RedisError(code: .connectFailed, message: "\(error)")
                self.connectionEnded(attempt, failure)
            }
        }
    }

    private func open(_ address: RedisAddress, _ attempt: Int) {
        let limit = configuration.replyLimit
        let tls: (@Sendable () throws -> NIOSSLClientHandler)?
        do {
            tls = try makeTLS(for: address)
        } catch {
            let failure = RedisError(code: .connectFailed, message: "TLS cannot be set up", underlying: error)
            return connectionEnded(attempt, failure)
        }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 18, high: 1 << 20))
            .connectTimeout(TimeAmount(clamping: configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls()) }
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(driver: self, generation: attempt, maximumReplyBytes: limit)
                    )
                }
            }
        let connected: EventLoopFuture<any Channel>
        switch address {
        case .tcp(let host, let port): connected = bootstrap.connect(host: host, port: port)
        case .unix(let path): connected = bootstrap.connect(unixDomainSocketPath: path)
        case .sentinel:
            let message = "a sentinel cannot be found by sentinels"
            return connectionEnded(attempt, RedisError(code: .invalidConfiguration, message: message))
        }
        connected.hop(to: eventLoop).whenComplete { result in
            switch result {
            case .success(let channel) where attempt != self.generation: channel.close(promise: nil)
            case .success: break
            case .failure(let error):
                let message = "no connection could be made to \(address)"
                self.connectionEnded(attempt, RedisError(code: .connectFailed, message: message, underlying: error))
            }
        }
    }

    private func makeTLS(for address: RedisAddress) throws -> (@Sendable () throws -> NIOSSLClientHandler)? {
        guard let tls = configuration.tls else { return nil }
        // Reading the trust roots takes long, so the context outlives the connection.
        let context = try tlsContext ?? NIOSSLContext(configuration: tls.makeConfiguration())
        tlsContext = context
        let name = tls.serverName(for: address)
        return { try NIOSSLClientHandler(context: context, serverHostname: name) }
    }

    /// The socket stands.
    func transportConnected(_ channel: any Channel, _ attempt: Int) {
        let steps = handshake()
        guard attempt == generation, machine.transportConnected(handshake: steps.map(\.0)) else {
            return channel.close(promise: nil)
        }
        self.channel = channel
        output.clear()
        do {
            for (_, command) in steps { try EncodedCommands(command.arguments).write(to: &output) }
        } catch {
            return connectionEnded(attempt, error)
        }
        flush()
    }

    /// The handshake is done.
    func connectionReady(_ waiters: [RedisRequest]) {
        logger.debug("connected to Redis", metadata: ["redis.address": "\(configuration.address)"])
        connectTimer?.cancel()
        connectTimer = nil
        noteConnected()
        startKeepAlive()
        let now = NIODeadline.now()
        readyAt = now
        for request in hooks?.ready() ?? [] {
            // Not counted: a full queue must not keep a subscriber deaf.
            request.isReleased = true
            machine.sendFirst(request, now: now)
            request.writeCommands(to: &output)
            arm(request.deadline)
        }
        writeWaiting()
        for waiter in waiters { waiter.succeed([]) }
    }

    private func startKeepAlive() {
        guard hooks != nil else { return }
        let interval = TimeAmount(clamping: configuration.keepAliveInterval)
        guard interval > .zero else { return }
        keepAlive = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.hooks?.idle()
        }
    }

    /// What the handler of connection `attempt` reports when it is over.
    func connectionEnded(_ attempt: Int, _ reason: RedisError) {
        guard attempt == generation else { return }
        lose(reason)
    }

    /// Gives the present connection, or the attempt to make one, up.
    func lose(_ reason: RedisError, level: Logger.Level = .info) {
        generation += 1
        connectTimer?.cancel()
        connectTimer = nil
        keepAlive?.cancel()
        keepAlive = nil
        output.clear()
        channel.take()?.close(promise: nil)
        let action = machine.connectionLost(reason, random: Double.random(in: 0..<1))
        if let delay = action.reconnectAfter {
            logger.log(
                level: level,
                "no connection to Redis",
                metadata: [
                    "redis.address": "\(configuration.address)",
                    "redis.retry_in": "\(delay)",
                    "error": "\(reason)",
                ]
            )
            backoffTimer = eventLoop.scheduleTask(in: TimeAmount(clamping: delay)) {
                if self.machine.backoffElapsed() { self.startConnecting() }
            }
        }
        settle(action)
    }
}

extension RedisTLSConfiguration {
    fileprivate func makeConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = verification == .none ? .none : .fullVerification
        switch trustRoots {
        case .system: configuration.trustRoots = .default
        case .pemFile(let path): configuration.trustRoots = .file(path)
        case .pem(let text):
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(text.utf8)))
        }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificateFile)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.privateKeyFile, format: .pem))
        }
        return configuration
    }

    /// The name to verify; an IP address is verified as the address of the socket instead.
    fileprivate func serverName(for address: RedisAddress) -> String? {
        if let serverName { return serverName }
        guard case .tcp(let host, _) = address else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return isAddress ? nil : host
    }
}
