import AloftCore
private import Foundation

/// A payload as it is shown: JSON where it is JSON, base 64 where it is not, with its size, and cut if it is long.
public struct PayloadView: Hashable, Sendable, Codable {
    /// The size in bytes as it is stored.
    public var size: Int
    /// The name of what encoded it: "json", or "json;aes" behind a codec.
    public var encoding: String
    /// The value, if it is JSON and not too long.
    public var json: JSONValue?
    /// What is not JSON: bytes, or what a codec has made of them.
    public var base64: String?
    /// The beginning of JSON that is too long to be shown whole.
    public var text: String?
    /// What the bytes of `base64` may be: "application/octet-stream".
    public var mediaType: String?
    /// Why it is not all here, or not readable.
    public var note: String?
    /// The codec that changed its bytes: it encrypted or compressed them.
    public var codec: String?
    /// Why the codec cannot read it, though the reader has one of that name: as a rule it lacks the key.
    public var problem: String?

    init(_ payload: Payload, _ reader: PayloadReader) {
        size = payload.bytes.count
        encoding = payload.encoding.rawValue
        codec = payload.codec
        let limit = reader.limit
        if size <= limit || codec != nil {
            do {
                if let value = try reader.decode(payload) {
                    show(value, limit)
                    return
                }
            } catch {
                problem = error.message
            }
        }
        guard !payload.bytes.isEmpty else { return }
        let head = payload.bytes.prefix(max(0, limit))
        let isCut = head.count < payload.bytes.count
        if isCut { note = "the first \(head.count) of \(payload.bytes.count) bytes" }
        if payload.encoding == .json {
            // A cut may fall into a character.
            let text = String(decoding: head, as: UTF8.self)
            if isCut || text.utf8.elementsEqual(head) {
                self.text = text
                if !isCut { note = "it is marked as JSON and is not" }
                return
            }
        }
        base64 = Data(head).base64EncodedString()
        mediaType = Self.mediaType(of: payload.encoding)
        if payload.encoding.rawValue.contains(";"), note == nil {
            note = "its codec has changed the bytes; only a program that has it can read them"
        }
    }

    private mutating func show(_ value: JSONValue, _ limit: Int) {
        guard size > limit else {
            json = value
            return
        }
        let bytes = (try? InsightJSON.encode(value)) ?? []
        text = String(decoding: bytes.prefix(max(0, limit)), as: UTF8.self)
        note = "the first \(min(limit, bytes.count)) of \(bytes.count) bytes"
    }

    /// Whether there is nothing to show: the payload of a function without a value.
    public var isEmpty: Bool { size == 0 }

    private static func mediaType(of encoding: PayloadEncoding) -> String {
        encoding == .json ? "application/json" : "application/octet-stream"
    }
}

extension PayloadView {
    /// Over several lines, for people; control characters are escaped.
    public var lines: String {
        if let json { return JSONText.lines(json).visibleLines }
        if let text { return text.visibleLines }
        return base64 ?? ""
    }

    /// On one line, at most so many characters long.
    public func summary(limit: Int = 120) -> String {
        if isEmpty { return "" }
        let bytes = json.flatMap { try? InsightJSON.encode($0) }
        let line = bytes.map { String(decoding: $0, as: UTF8.self) } ?? text ?? base64 ?? ""
        return line.visible.shortened(to: limit)
    }
}
