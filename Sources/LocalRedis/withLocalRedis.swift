/// Runs `body` with a private server that is stopped afterwards.
package func withLocalRedis<Result>(
    _ options: LocalRedisOptions = LocalRedisOptions(),
    _ body: (LocalRedis) async throws -> Result
) async throws -> Result {
    let server = try LocalRedis(options)
    defer { server.stop() }
    return try await body(server)
}
