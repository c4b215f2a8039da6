import Aloft
import AloftRedis
import RedisClient
import Testing

/// What becomes of an error reply of the server.
@Suite struct ErrorMappingTests {
    private func error(_ message: String, mayHaveBeenExecuted: Bool = false) -> StoreError {
        let redis = RedisError(RedisServerError(message: message), mayHaveBeenExecuted: mayHaveBeenExecuted)
        return StoreError(redis, while: "committing")
    }

    @Test(
        "It passes: the same call is sent again",
        arguments: [
            "LOADING Redis is loading the dataset in memory",
            "READONLY You can't write against a read only replica.",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "CLUSTERDOWN The cluster is down", "TRYAGAIN Multiple keys request during rehashing of slot",
            "MOVED 1234 127.0.0.1:7001", "ASK 1234 127.0.0.1:7001",
            "BUSY Redis is busy running a script.",
            "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
            "NOREPLICAS Not enough good replicas to write.",
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
        ]
    )
    func passing(_ message: String) {
        let error = error(message)
        #expect(error.code == .unavailable)
        #expect(error.isPassing)
        #expect(error.message.contains(message))
    }

    @Test("It leads elsewhere: connections are made again")
    func roles() {
        for (message, isOther) in [
            ("READONLY x", true), ("MASTERDOWN x", true), ("UNBLOCKED x", true), ("LOADING x", false),
            ("MOVED 1 a:1", false), ("BUSY x", false), ("OOM x", false), ("ERR x", false),
        ] {
            #expect(RedisError(RedisServerError(message: message)).isOfAnotherRole == isOther, "\(message)")
        }
    }

    @Test("Full memory does not pass in a moment, and is named")
    func memory() {
        let error = error("OOM command not allowed when used memory > 'maxmemory'.")
        #expect(error.code == .unavailable && !error.isPassing)
        #expect(error.message.contains("maxmemory") && error.message.contains("running instances go on"))
    }

    @Test(
        "It stays until somebody changes a setting",
        arguments: [
            "NOAUTH Authentication required.", "WRONGPASS invalid username-password pair or user is disabled.",
            "NOPERM this user has no permissions to run the 'evalsha' command", "NOPROTO unsupported protocol version",
            "CROSSSLOT Keys in request don't hash to the same slot",
            "ERR The user executing the script can't run this command or subcommand script: 1f2e, on @user_script:12.",
            "ERR ACL failure in script: User aloft-reader has no permissions to run the 'hset' command script: 1f2e, on @user_script:12.",
        ]
    )
    func settings(_ message: String) {
        let error = error(message)
        #expect(error.code == .misconfigured && !error.isPassing)
    }

    @Test("Keys of another type are corrupt data, and so is what a script stumbles over: trying again does not mend it")
    func others() {
        #expect(error("WRONGTYPE Operation against a key holding the wrong kind of value").code == .corrupt)
        #expect(error("ERR user_script:1: x", mayHaveBeenExecuted: true).code == .corrupt)
        #expect(error("ERR WRONGTYPE x script: y", mayHaveBeenExecuted: true).code == .corrupt)
        #expect(error("ERR x", mayHaveBeenExecuted: true).code == .outcomeUnknown)
        #expect(error("ERR unknown command").code == .unavailable)
    }

    @Test("A server that takes no more clients is not taken for one that refuses the password")
    func tooManyClients() {
        let reply = RedisValue.error(RedisServerError(message: "ERR max number of clients reached"))
        for step in [HandshakeStep.authenticate, .select, .setName, .ping] {
            #expect(step.problem(in: reply)?.code == .connectFailed)
        }
    }
}
