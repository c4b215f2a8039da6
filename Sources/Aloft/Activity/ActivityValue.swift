/// The type itself, if it can be a parameter or the result of an activity.
///
/// `@Activities` spells the types of a method so. A type that cannot be stored is an error of the compiler then, at the
/// parameter and not in what the macro wrote.
public typealias ActivityValue<Value: Codable & Sendable> = Value
