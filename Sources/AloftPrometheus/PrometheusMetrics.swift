internal import AloftMetrics
public import CoreMetrics
internal import Synchronization

/// Keeps what swift-metrics is told, and writes it as Prometheus reads it: text, exposition format 0.0.4.
///
/// Bootstrap the metrics system with one, before clients, stores and workers are made, and serve ``exposition()`` where Prometheus
/// scrapes it:
///
///     let metrics = PrometheusMetrics()
///     MetricsSystem.bootstrap(metrics)
///
/// Counters are counters; meters, and recorders that do not aggregate, are gauges; timers and other recorders are histograms,
/// timers in seconds. Characters that Prometheus does not take in names become underscores. Two handles of one label and the same
/// dimensions are one series. A label that is used for two kinds of metric is told apart by a suffix: text with two types for one
/// name is read by nobody.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// The value of `Content-Type` that belongs to ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let options: Options
    private let table: Mutex<SeriesTable>

    public init(_ options: Options = Options()) {
        self.options = options
        table = Mutex(SeriesTable(limit: max(1, options.maximumSeries)))
    }

    /// Everything that is known now. Takes a time that grows with the number of series; writers do not wait for it.
    public func exposition() -> String {
        let (families, refused) = table.withLock { ($0.sorted, $0.refused) }
        var text = ExpositionText()
        for family in families {
            text.begin(family.name, family.kind, help: options.help[family.name] ?? Self.help[family.name])
            for (labels, series) in family.series { series.write(family.name, labels, to: &text) }
        }
        let own = MetricCatalogue.refusedSeries
        text.begin(own.name, .counter, help: own.text)
        text.sample(own.name, "", Double(refused))
        return text.text
    }

    private static let help = Dictionary(MetricCatalogue.all.map { ($0.name, $0.text) }) { first, _ in first }

    // MARK: Making

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        make(label, dimensions, .counter) { CounterSeries(place: $0) } ?? RefusedSeries.instance
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        make(label, dimensions, .counter) { SumSeries(place: $0) } ?? RefusedSeries.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        make(label, dimensions, .gauge) { GaugeSeries(place: $0) } ?? RefusedSeries.instance
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return make(label, dimensions, .gauge) { GaugeSeries(place: $0) } ?? RefusedSeries.instance
        }
        return makeHistogram(label, dimensions, options.valueBuckets) ?? RefusedSeries.instance
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        makeHistogram(label, dimensions, options.timeBuckets) ?? RefusedSeries.instance
    }

    private func makeHistogram(
        _ label: String,
        _ dimensions: [(String, String)],
        _ buckets: [Double]
    ) -> HistogramSeries? {
        let buckets = options.buckets[label] ?? buckets
        return make(label, dimensions, .histogram) { HistogramSeries(place: $0, buckets: buckets) }
    }

    private func make<Made: Series>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: SeriesKind,
        _ make: (SeriesPlace) -> Made
    ) -> Made? {
        table.withLock { $0.series(named: label, dimensions, kind, make) }
    }

    // MARK: Destroying

    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: AnyObject) {
        guard let series = handler as? any Series else { return }
        table.withLock { $0.letGo(series) }
    }
}
