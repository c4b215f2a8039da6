public import AloftCore
private import Foundation

/// An instance with its whole history, in a form that loses nothing: readable line by line, and each event as it is stored.
///
/// Its JSON is a document of kind "export" (``InsightJSON``). Whatever reads it takes ``events``.
public struct HistoryExport: Hashable, Sendable, Codable {
    public struct Entry: Hashable, Sendable, Codable {
        public var number: Int
        public var time: Moment
        /// For people.
        public var text: String
        /// The event as stores keep it, as base 64.
        public var event: String
    }

    public var instance: InstanceView
    public var execution: String
    public var history: [Entry]

    /// - Parameter events: A whole history, in order.
    public init(instance: InstanceView, execution: String, events: [Event]) {
        self.instance = instance
        self.execution = execution
        var names: [CommandID: String] = [:]
        history = events.map { event in
            if let (command, name) = event.commandName { names[command] = name }
            return Entry(
                number: event.number,
                time: event.timestamp.moment,
                text: HistoryLine(event, names: names).text,
                event: Data(event.body.encoded).base64EncodedString()
            )
        }
    }

    /// The history again.
    ///
    /// - Throws: `DecodingError` if an event is damaged; `EventCodingError` if it is of a newer version.
    public func events() throws -> [Event] {
        try history.map { entry in
            guard let data = Data(base64Encoded: entry.event) else {
                let context = DecodingError.Context(
                    codingPath: [],
                    debugDescription: "event \(entry.number) is not base 64"
                )
                throw DecodingError.dataCorrupted(context)
            }
            let body = try EventBody(encoded: Array(data)[...])
            return Event(number: entry.number, timestamp: entry.time.timestamp, body: body)
        }
    }
}
