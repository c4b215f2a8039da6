extension PrometheusMetrics {
    /// Buckets and limits.
    public struct Options: Sendable {
        /// The upper bounds of histograms of times, in seconds. From a millisecond to an hour by default.
        public var timeBuckets: [Double]
        /// The upper bounds of histograms of other values, such as bytes and events. From 1 to 4 million by default.
        public var valueBuckets: [Double]
        /// Other bounds for the metrics of these labels.
        public var buckets: [String: [Double]]
        /// What is told of the metrics of these names; those of Aloft have texts of their own.
        public var help: [String: String]
        /// How many series there may be. Further ones are counted in `aloft_metrics_refused_series_total` and not kept.
        public var maximumSeries: Int

        public init(
            timeBuckets: [Double] = [
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600,
            ],
            valueBuckets: [Double] = [
                1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304,
            ],
            buckets: [String: [Double]] = [:],
            help: [String: String] = [:],
            maximumSeries: Int = 10_000
        ) {
            self.timeBuckets = timeBuckets
            self.valueBuckets = valueBuckets
            self.buckets = buckets
            self.help = help
            self.maximumSeries = maximumSeries
        }
    }
}
