public import AloftCore

/// Deterministic code that decides. Its progress survives crashes, deploys and months of waiting.
///
/// Write it as an ordinary async function over the ``WorkflowContext``: everything that touches the world, waits or is
/// random goes through the context, all else is plain Swift. Use `async let`, task groups, `do`/`catch` and `defer` freely.
///
/// ```swift
/// struct Greeting: Workflow {
///     func run(_ context: WorkflowContext, _ name: String) async throws -> String {
///         try await context.activity(Greet.self, name)
///     }
/// }
/// ```
///
/// Input and output are `Codable`, or `Void`: a workflow without input implements ``run(_:)`` instead.
public protocol Workflow: Sendable {
    associatedtype Input: Sendable = Void
    associatedtype Output: Sendable = Void

    /// The name under which it is registered and stored; the name of the type unless you set it. Renaming a type that has
    /// open instances needs the old name here.
    static var name: String { get }

    /// An instance is made for each execution, and again for each replay.
    init()

    /// Runs the workflow. Whatever it throws fails the instance.
    func run(_ context: WorkflowContext, _ input: Input) async throws -> Output

    /// Runs a workflow that takes no input.
    func run(_ context: WorkflowContext) async throws -> Output
}

extension Workflow {
    public static var name: String { String(describing: Self.self) }

    public func run(_ context: WorkflowContext) async throws -> Output {
        // Reached only if somebody calls it by hand: the system calls the form that fits the input.
        throw PermanentError("\(Self.self) takes an input: it implements run(_:_:)")
    }
}

extension Workflow where Input == Void {
    public func run(_ context: WorkflowContext, _ input: Void) async throws -> Output { try await run(context) }
}

extension WorkflowReference {
    /// The reference to a workflow whose code is at hand.
    public init<W: Workflow>(_ type: W.Type) where W.Input == Input, W.Output == Output { self.init(W.name) }
}
