/// Changes the bytes of payloads on their way to the store and back: compresses them, encrypts them.
///
/// A codec works outside of workflow code, on what the ``PayloadConverter`` made, and need not be deterministic. Its name
/// stands in each payload, so data stays readable after the codec of a deployment has changed as long as the old one is among
/// the coder's older codecs.
public protocol PayloadCodec: Sendable {
    /// The name under which payloads are stored: printable, without ";", at most 64 bytes. Give a codec whose output another
    /// version of it cannot read a new name.
    var name: String { get }

    /// - Parameter bytes: As the converter made them; never empty on behalf of `Void`, which has no bytes and passes by.
    func encode(_ bytes: [UInt8]) throws -> [UInt8]

    /// - Throws: For bytes that are damaged, or that it lacks the key for.
    func decode(_ bytes: [UInt8]) throws -> [UInt8]
}
