import Aloft
import AloftEncryption

protocol ZipLibrary: Sendable {
    func compress(_ bytes: [UInt8]) throws -> [UInt8]
    func decompress(_ bytes: [UInt8]) throws -> [UInt8]
}

struct Zipped: PayloadCodec {
    let name = "zip"
    let library: any ZipLibrary

    func encode(_ bytes: [UInt8]) throws -> [UInt8] { try library.compress(bytes) }
    func decode(_ bytes: [UInt8]) throws -> [UInt8] { try library.decompress(bytes) }
}

enum DataSnippets {
    static func use(_ store: any WorkflowStore, _ library: any ZipLibrary) -> (WorkflowClient, Worker) {
        let coder = PayloadCoder(codec: Zipped(library: library))
        let client = WorkflowClient(store: store, coder: coder)
        let worker = Worker(store: store, coder: coder) { Subscription.self }
        return (client, worker)
    }

    static func encrypted(_ text: String) throws -> PayloadCoder {
        let codec = try EncryptionCodec(keys: EncryptionKey.keys(ofFile: text))
        let secret = PayloadCoder(codec: codec)
        return secret
    }
}
