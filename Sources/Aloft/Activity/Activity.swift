public import AloftCore

/// Code that touches the world. It may fail, is retried, and should be idempotent: it runs at least once.
///
/// Registered as a value, so that clients, pools and settings are injected once and shared by all its runs.
///
/// ```swift
/// struct Charge: Activity {
///     let gateway: PaymentGateway
///     func run(_ context: ActivityContext, _ order: Order) async throws -> Receipt { try await gateway.charge(order) }
/// }
/// ```
///
/// Input and output are `Codable`, or `Void`: an activity without input implements ``run(_:)`` instead.
public protocol Activity: Sendable {
    associatedtype Input: Sendable = Void
    associatedtype Output: Sendable = Void

    /// The name under which it is registered and stored; the name of the type unless you set it.
    static var name: String { get }

    /// Runs one attempt. An error is retried by the policy of the caller; `PermanentError` is not.
    func run(_ context: ActivityContext, _ input: Input) async throws -> Output

    /// Runs one attempt of an activity that takes no input.
    func run(_ context: ActivityContext) async throws -> Output
}

extension Activity {
    public static var name: String { String(describing: Self.self) }

    public func run(_ context: ActivityContext) async throws -> Output {
        // Reached only if somebody calls it by hand: the system calls the form that fits the input.
        throw PermanentError("\(Self.self) takes an input: it implements run(_:_:)")
    }
}

extension Activity where Input == Void {
    public func run(_ context: ActivityContext, _ input: Void) async throws -> Output { try await run(context) }
}

extension ActivityReference {
    /// The reference to an activity whose code is at hand.
    public init<A: Activity>(_ type: A.Type) where A.Input == Input, A.Output == Output { self.init(A.name) }
}
