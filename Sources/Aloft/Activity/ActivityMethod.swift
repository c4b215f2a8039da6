public import AloftCore

/// One activity of an ``ActivityContainer``.
public struct ActivityMethod: Sendable {
    /// The name under which it is registered.
    public let name: String
    /// The method as Swift writes it, "charge(_:amount:)"; for messages.
    public let method: String
    private let makeBlueprint: @Sendable (_ typeName: String, PayloadCoder) -> ActivityBlueprint

    /// Describes an activity.
    ///
    /// - Parameters:
    ///   - reference: The name and the types that workflows call it by. Input and output are `Codable` or `Void`: a call with
    ///     anything else fails with `PayloadError`.
    ///   - method: The method as Swift writes it, for messages.
    ///   - body: Runs one attempt.
    public init<Input: Sendable, Output: Sendable>(
        _ reference: ActivityReference<Input, Output>,
        method: String,
        _ body: @escaping @Sendable (ActivityContext, Input) async throws -> Output
    ) {
        name = reference.name
        self.method = method
        makeBlueprint = { typeName, coder in
            ActivityBlueprint(name: reference.name, typeName: "\(typeName).\(method)", coder: coder, body)
        }
    }

    /// The value itself, for the code that `@Activities` writes: a macro cannot see whether a call throws or leaves the actor
    /// it is made from, and `try await` in front of one that does neither is a warning unless something here may.
    public static func result<Output: Sendable>(of call: Output) async throws -> Output { call }

    func blueprint(in container: any ActivityContainer.Type, coder: PayloadCoder) -> ActivityBlueprint {
        makeBlueprint(String(reflecting: container), coder)
    }
}
