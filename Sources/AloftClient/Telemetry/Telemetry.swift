package import AloftCore
public import CoreMetrics
public import Tracing

/// Where traces and metrics go, and how traces and other values of `ServiceContext` cross from clients to workflows, activities and
/// sub-workflows.
///
/// Each propagator writes what it knows of a context into headers, which are stored with the event that starts the work,
/// and reads them back where the work is done. A tracer propagates the context of its traces; for values of your own,
/// write an `Instrument` and name it here, for clients and workers alike.
public struct Telemetry: Sendable {
    /// Makes the spans.
    public let tracer: any Tracer
    /// Takes the metrics. Those of a store are set there.
    public let metrics: any MetricsFactory
    private let propagators: [any Instrument]
    /// Whether there is anything to do.
    package let isOn: Bool

    /// - Parameters:
    ///   - tracer: `nil`: what `InstrumentationSystem` was bootstrapped with, now.
    ///   - propagators: What crosses besides the context of traces.
    ///   - metrics: `nil`: what `MetricsSystem` was bootstrapped with, now.
    public init(
        tracer: (any Tracer)? = nil,
        propagators: [any Instrument] = [],
        metrics: (any MetricsFactory)? = nil
    ) {
        self.metrics = metrics ?? MetricsSystem.factory
        let system = InstrumentationSystem.instrument
        self.tracer = tracer ?? InstrumentationSystem.tracer
        // The system's instrument holds the system's tracer.
        let first: any Instrument = tracer ?? system
        self.propagators = [first] + propagators
        isOn = !propagators.isEmpty || !(first is NoOpTracer || first is NoOpInstrument)
    }

    /// Nothing is traced or measured, and nothing crosses.
    public static let off = Telemetry(tracer: NoOpTracer(), metrics: NOOPMetricsHandler.instance)

    /// What of a context crosses.
    package func headers(of context: ServiceContext) -> ContextHeaders {
        guard isOn else { return [:] }
        var headers: ContextHeaders = [:]
        for propagator in propagators { propagator.inject(context, into: &headers, using: HeaderInjector()) }
        return headers.bounded
    }

    /// The context that headers tell of.
    package func context(of headers: ContextHeaders) -> ServiceContext {
        var context = ServiceContext.topLevel
        guard isOn, !headers.isEmpty else { return context }
        for propagator in propagators { propagator.extract(headers, into: &context, using: HeaderExtractor()) }
        return context
    }

    /// The context of the trace that headers tell of, and nothing else of them.
    package func trace(of headers: ContextHeaders) -> ServiceContext {
        var context = ServiceContext.topLevel
        if !headers.isEmpty { tracer.extract(headers, into: &context, using: HeaderExtractor()) }
        return context
    }

    /// The context of the trace that a request tells of, and nothing else of it.
    package func trace<Carrier, Source: Extractor>(of carrier: Carrier, using source: Source) -> ServiceContext
    where Source.Carrier == Carrier {
        var context = ServiceContext.topLevel
        if isOn { tracer.extract(carrier, into: &context, using: source) }
        return context
    }

    /// Makes what a tracer knows of one context part of another, whose other values stay as they are.
    package func adopt(traceOf source: ServiceContext, into context: inout ServiceContext) {
        var headers: ContextHeaders = [:]
        tracer.inject(source, into: &headers, using: HeaderInjector())
        tracer.extract(headers, into: &context, using: HeaderExtractor())
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout ContextHeaders) { carrier[key] = value }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: ContextHeaders) -> String? { carrier[key] }
}
