internal import AloftCore
internal import AloftInsight

enum AloftVersion {
    /// Of this program and the libraries that it was built with.
    static let current = "0.1.0-dev"

    /// What `aloft version --json` prints.
    struct Report: Codable {
        var version: String
        /// The format of histories that it writes, and the newest that it reads.
        var historyFormat: Int
        /// The version of the JSON of `--json` and of the dashboard's API.
        var apiVersion: Int
        var platform: String
    }

    static var report: Report {
        Report(
            version: current,
            historyFormat: Int(EventBatch.formatVersion),
            apiVersion: InsightJSON.version,
            platform: platform
        )
    }

    private static var platform: String {
        #if os(macOS)
        let system = "macOS"
        #elseif os(Linux)
        let system = "Linux"
        #else
        let system = "other"
        #endif
        #if arch(x86_64)
        return "\(system) x86_64"
        #elseif arch(arm64)
        return "\(system) arm64"
        #else
        return system
        #endif
    }
}
