import AloftMetrics
import AloftPrometheus
import CoreMetrics
import Testing

/// What Prometheus reads: names, types, escapes, buckets, and limits.
@Suite struct ExpositionTests {
    /// The lines of an exposition, without those that the export tells of itself.
    static func lines(_ metrics: PrometheusMetrics) -> [String] {
        let lines = metrics.exposition().split(separator: "\n").map(String.init)
        return lines.filter { !$0.contains("aloft_metrics_refused_series_total") }
    }

    @Test("Each kind is written with its type, whole numbers without a fraction")
    func kinds() {
        let metrics = PrometheusMetrics(.init(valueBuckets: [10], help: ["a_total": "Things."]))
        let counter = Counter(label: "a_total", factory: metrics)
        counter.increment(by: 3)
        counter.increment(by: -1)
        FloatingPointCounter(label: "b_total", factory: metrics).increment(by: 0.5)
        let meter = Meter(label: "c", factory: metrics)
        meter.set(7)
        meter.increment(by: 0.25)
        meter.decrement(by: 1)
        Gauge(label: "d", factory: metrics).record(-2)
        let recorder = Recorder(label: "e", aggregate: true, factory: metrics)
        recorder.record(10)
        recorder.record(10.5)
        #expect(
            Self.lines(metrics) == [
                "# HELP a_total Things.", "# TYPE a_total counter", "a_total 3",
                "# TYPE b_total counter", "b_total 0.5",
                "# TYPE c gauge", "c 6.25",
                "# TYPE d gauge", "d -2",
                "# TYPE e histogram", "e_bucket{le=\"10\"} 1", "e_bucket{le=\"+Inf\"} 2", "e_sum 20.5", "e_count 2",
            ]
        )
    }

    @Test("Timers are histograms in seconds; a value on a bound is below it; buckets add up")
    func timers() {
        let metrics = PrometheusMetrics(.init(timeBuckets: [0.5, 0.25, .infinity, 0.5]))
        let timer = Timer(label: "t_seconds", dimensions: [("queue", "q")], factory: metrics)
        for milliseconds in [250, 375, 500, 4_000] { timer.recordMilliseconds(milliseconds) }
        #expect(
            Self.lines(metrics) == [
                "# TYPE t_seconds histogram",
                "t_seconds_bucket{queue=\"q\",le=\"0.25\"} 1", "t_seconds_bucket{queue=\"q\",le=\"0.5\"} 3",
                "t_seconds_bucket{queue=\"q\",le=\"+Inf\"} 4",
                "t_seconds_sum{queue=\"q\"} 5.125", "t_seconds_count{queue=\"q\"} 4",
            ]
        )
    }

    @Test("A label may have bounds of its own")
    func ownBuckets() {
        let metrics = PrometheusMetrics(.init(buckets: ["t": [2]]))
        Timer(label: "t", factory: metrics).recordSeconds(1)
        #expect(
            Self.lines(metrics).filter { $0.contains("_bucket") } == [
                "t_bucket{le=\"2\"} 1", "t_bucket{le=\"+Inf\"} 1",
            ]
        )
    }

    @Test("Values of labels and texts of help are escaped, and stay in their line")
    func escapes() {
        let metrics = PrometheusMetrics(.init(help: ["a": "one\ntwo \\ \"three\""]))
        let value = "C:\\dir \"x\"\nnext\r{le=\"1\"} 5 # Ü🕊"
        Meter(label: "a", dimensions: [("v", value)], factory: metrics).set(1)
        #expect(
            Self.lines(metrics) == [
                "# HELP a one\\ntwo \\\\ \"three\"", "# TYPE a gauge",
                "a{v=\"C:\\\\dir \\\"x\\\"\\nnext\r{le=\\\"1\\\"} 5 # Ü🕊\"} 1",
            ]
        )
    }

    @Test("Names that Prometheus does not take are changed, and labels that are its own")
    func names() {
        let metrics = PrometheusMetrics()
        let dimensions = [("my-key", "1"), ("le", "2"), ("__name__", "3"), ("9", "4"), ("a:b", "5")]
        Meter(label: "http.request-size:é", dimensions: dimensions, factory: metrics).set(1)
        Meter(label: "9lives", factory: metrics).set(2)
        Meter(label: "", factory: metrics).set(3)
        #expect(
            Self.lines(metrics).filter { !$0.hasPrefix("#") } == [
                "_ 3", "_9lives 2",
                "http_request_size:_{_9=\"4\",a_b=\"5\",exported___name__=\"3\",exported_le=\"2\",my_key=\"1\"} 1",
            ]
        )
    }

    @Test("The order of labels makes no difference, and handles of one series share its value")
    func shared() {
        let metrics = PrometheusMetrics()
        Counter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: metrics).increment()
        Counter(label: "a", dimensions: [("y", "2"), ("x", "1")], factory: metrics).increment()
        Counter(label: "a", dimensions: [("y", "2")], factory: metrics).increment()
        #expect(
            Self.lines(metrics) == ["# TYPE a counter", "a{x=\"1\",y=\"2\"} 2", "a{y=\"2\"} 1"]
        )
    }

    @Test("One name has one type, whatever it is used for")
    func kindsOfOneName() {
        let metrics = PrometheusMetrics(.init(timeBuckets: []))
        Counter(label: "a", factory: metrics).increment()
        Meter(label: "a", factory: metrics).set(2)
        FloatingPointCounter(label: "a", factory: metrics).increment(by: 0.5)
        Timer(label: "a", factory: metrics).recordSeconds(1)
        Counter(label: "b_count", factory: metrics).increment()
        Timer(label: "b", factory: metrics).recordSeconds(1)
        let lines = Self.lines(metrics)
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types.map { $0.split(separator: " ")[2] }).count == types.count)
        let names = lines.filter { !$0.hasPrefix("#") }.map { String($0.split(separator: " ")[0]) }
        #expect(Set(names).count == names.count)
        #expect(names.contains("a") && names.contains("a_gauge") && names.contains("a_histogram_count"))
        #expect(names.contains("b_count") && names.contains("b_histogram_count"))
    }

    @Test("A series goes with the last of its handles, and its name is free then")
    func destroyed() {
        let metrics = PrometheusMetrics()
        let first = Counter(label: "a", factory: metrics)
        let second = Counter(label: "a", factory: metrics)
        first.destroy()
        second.increment()
        #expect(Self.lines(metrics).last == "a 1")
        second.destroy()
        #expect(Self.lines(metrics).isEmpty)
        Meter(label: "a", factory: metrics).set(1)
        #expect(Self.lines(metrics) == ["# TYPE a gauge", "a 1"])
    }

    @Test("There are no more series than the limit; further ones do no harm and are counted")
    func limit() {
        let metrics = PrometheusMetrics(.init(maximumSeries: 3))
        for number in 0..<5 {
            Counter(label: "a", dimensions: [("n", "\(number)")], factory: metrics).increment()
        }
        Timer(label: "t", factory: metrics).recordSeconds(1)
        Meter(label: "m", factory: metrics).set(1)
        Recorder(label: "r", aggregate: true, factory: metrics).record(1)
        FloatingPointCounter(label: "f", factory: metrics).increment(by: 1)
        #expect(Self.lines(metrics).count == 4)
        #expect(metrics.exposition().contains("\naloft_metrics_refused_series_total 6\n"))
    }

    @Test("What is not a number does not spoil a sum, and is written as Go reads it")
    func notNumbers() {
        let metrics = PrometheusMetrics(.init(valueBuckets: []))
        let recorder = Recorder(label: "r", aggregate: true, factory: metrics)
        for value in [Double.nan, .infinity, 2] { recorder.record(value) }
        Meter(label: "a", factory: metrics).set(Double.nan)
        Meter(label: "b", factory: metrics).set(-Double.infinity)
        Meter(label: "c", factory: metrics).set(1e300)
        let lines = Self.lines(metrics)
        #expect(lines.contains("r_sum 2") && lines.contains("r_count 1"))
        #expect(lines.contains("a NaN") && lines.contains("b -Inf") && lines.contains("c 1e+300"))
    }

    @Test("Nothing is lost when many threads count at once, and an exposition is whole")
    func threads() async {
        let metrics = PrometheusMetrics(.init(valueBuckets: [1]))
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "a", factory: metrics)
                    let sum = FloatingPointCounter(label: "f", factory: metrics)
                    let recorder = Recorder(label: "r", aggregate: true, factory: metrics)
                    for _ in 0..<2_000 {
                        counter.increment()
                        sum.increment(by: 0.5)
                        recorder.record(1)
                    }
                }
            }
            for _ in 0..<50 {
                let lines = Self.lines(metrics)
                let sum = lines.first { $0.hasPrefix("r_sum") }?.split(separator: " ").last
                let count = lines.first { $0.hasPrefix("r_count") }?.split(separator: " ").last
                #expect(sum == count)
            }
        }
        let lines = Self.lines(metrics)
        #expect(lines.contains("a 16000") && lines.contains("f 8000") && lines.contains("r_count 16000"))
    }

    @Test("Aloft's own metrics bring their texts")
    func catalogue() {
        let metrics = PrometheusMetrics()
        metrics.counter(MetricCatalogue.commits).increment()
        #expect(Self.lines(metrics).first == "# HELP aloft_commits_total \(MetricCatalogue.commits.text)")
    }
}
