package import CoreMetrics

// Handles by description. The values are those of its labels, in their order.
extension MetricsFactory {
    /// Whether it keeps nothing of what it is told.
    package var isOff: Bool { self is NOOPMetricsHandler }

    package func counter(_ metric: MetricDescription, _ values: String...) -> Counter {
        Counter(label: metric.name, dimensions: metric.dimensions(values), factory: self)
    }

    package func gauge(_ metric: MetricDescription, _ values: String...) -> Meter {
        Meter(label: metric.name, dimensions: metric.dimensions(values), factory: self)
    }

    package func timer(_ metric: MetricDescription, _ values: String...) -> Timer {
        Timer(
            label: metric.name,
            dimensions: metric.dimensions(values),
            preferredDisplayUnit: .seconds,
            factory: self
        )
    }

    package func recorder(_ metric: MetricDescription, _ values: String...) -> Recorder {
        Recorder(label: metric.name, dimensions: metric.dimensions(values), aggregate: true, factory: self)
    }
}

extension MetricDescription {
    fileprivate func dimensions(_ values: [String]) -> [(String, String)] { Array(zip(labels, values)) }
}

extension Timer {
    /// Records a duration; one below zero, as clocks that do not agree may give, as zero.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return recordNanoseconds(Int64(0)) }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        recordNanoseconds(overflow || overflowOfSum ? Int64.max : sum)
    }

    /// Records the time since a moment.
    package func recordTime(since start: ContinuousClock.Instant) { record(ContinuousClock.now - start) }
}
