#if Macros
/// Makes the methods of a struct, an actor or a final class activities that share its state.
///
/// ```swift
/// @Activities
/// struct Payments {
///     let gateway: Gateway
///
///     func charge(_ card: Card, amount: Decimal, retries: Int = 3) async throws -> Receipt { … }
///     func refund(_ receipt: Receipt, _ context: ActivityContext) async throws { … }
/// }
///
/// let worker = Worker(store: store) { Payments(gateway: gateway) }
///
/// // in a workflow
/// let receipt = try await context.activities(Payments.self).charge(card, amount: 10)
/// ```
///
/// Every method in the type's own braces is an activity, except those that are `private`, `fileprivate`, `static` or marked
/// ``ActivityIgnored()``. Its name is that of the type and its own, `Payments.charge`, unless ``ActivityName(_:)`` or the
/// prefix set it. Instances remember the name: keep it when you rename the type or the method.
///
/// What is stored for a call is the value of its parameter. Several parameters are an object with a key for each, its label
/// or, without one, its name; so a parameter with a default value can be added while calls are on their way. From one
/// parameter to two is another activity: give it a new name.
///
/// Parameters and results are `Codable & Sendable`. A parameter of the type ``ActivityContext`` is filled in by the worker.
///
/// The macro writes the conformance to ``ActivityContainer``: the calls (`Stub`), the names and types for workflows and
/// tests (`References`), and what is registered (`activityMethods`); the type has no other members of these names.
///
/// - Parameter prefix: What stands in front of the dot in the names; `nil`: the name of the type. With an empty prefix, a
///   name is that of the method. A string literal.
@attached(
    member,
    names: named(References),
    named(Stub),
    named(activityMethods)
)
@attached(extension, conformances: ActivityContainer)
public macro Activities(prefix: String? = nil) = #externalMacro(module: "AloftMacros", type: "ActivitiesMacro")

/// Sets the whole name under which a method of an ``Activities(prefix:)`` type is registered and stored.
///
/// - Parameter name: A string literal, unique among the activities of a worker.
@attached(peer)
public macro ActivityName(_ name: String) = #externalMacro(module: "AloftMacros", type: "ActivityNameMacro")

/// Says that a method of an ``Activities(prefix:)`` type is not an activity.
@attached(peer)
public macro ActivityIgnored() = #externalMacro(module: "AloftMacros", type: "ActivityIgnoredMacro")
#endif
