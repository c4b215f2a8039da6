/// A value with many activities that share its state: clients, pools, settings.
///
/// `@Activities` writes this conformance for a struct, an actor or a final class. It writes nothing that could not be
/// written by hand:
///
/// ```swift
/// struct Payments: ActivityContainer {
///     let gateway: Gateway
///
///     func refund(_ receipt: Receipt) async throws { try await gateway.refund(receipt) }
///
///     static let refund = ActivityReference<Receipt, Void>("Payments.refund")
///
///     var activityMethods: [ActivityMethod] {
///         [
///             ActivityMethod(Self.refund, method: "refund(_:)") { context, receipt in
///                 try await refund(receipt)
///             }
///         ]
///     }
///
///     struct Stub: ActivityStub {
///         let caller: ActivityCaller
///         init(_ caller: ActivityCaller) { self.caller = caller }
///
///         func refund(_ receipt: Receipt, fileID: StaticString = #fileID, line: UInt = #line) async throws {
///             try await caller.call(Payments.refund, receipt, fileID: fileID, line: line)
///         }
///     }
/// }
/// ```
///
/// A worker registers the value, ``WorkerBuilder`` takes it as it is; workflows call through
/// ``WorkflowContext/activities(_:options:)``.
public protocol ActivityContainer: Sendable {
    /// The typed calls that workflows make.
    associatedtype Stub: ActivityStub

    /// What a worker registers.
    var activityMethods: [ActivityMethod] { get }
}
