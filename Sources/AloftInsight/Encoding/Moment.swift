public import AloftCore

/// A moment as people and programs read it: ISO 8601 in UTC, with milliseconds. "2026-11-23T16:00:00.000Z"
public struct Moment: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public var timestamp: Timestamp

    public init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    /// - Parameter text: "2026-11-23T16:00:00.000Z", or as a browser's form sends it: "2026-11-23T16:00", with or without
    ///   seconds and milliseconds, or "2026-11-23". Without a "Z" it is UTC, too. `nil` for anything else.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"),
            let day = reader.number(digits: 2), (1...12).contains(month),
            (1...CivilDay.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        var milliseconds = 0
        if reader.skip("T") || reader.skip(" ") {
            guard let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
                let minute = reader.number(digits: 2),
                minute < 60
            else { return nil }
            milliseconds = (hour * 60 + minute) * 60_000
            if reader.skip(":") {
                guard let second = reader.number(digits: 2), second < 60 else { return nil }
                milliseconds += second * 1_000
                if reader.skip(".") {
                    guard let part = reader.number(digits: 3) else { return nil }
                    milliseconds += part
                }
            }
        }
        _ = reader.skip("Z")
        guard reader.isAtEnd else { return nil }
        let days = CivilDay(year: year, month: month, day: day).number
        timestamp = Timestamp(milliseconds: Int64(days * 86_400_000 + milliseconds))
    }

    public static func < (left: Moment, right: Moment) -> Bool { left.timestamp < right.timestamp }

    public var description: String { "\(date)T\(time)Z" }

    /// "2026-11-23"
    public var date: String {
        let day = CivilDay(number: Int(timestamp.milliseconds.flooredDay))
        return "\(day.year.padded(4))-\(day.month.padded(2))-\(day.day.padded(2))"
    }

    /// "16:00:00.000"
    public var time: String {
        let rest = Int(timestamp.milliseconds - timestamp.milliseconds.flooredDay * 86_400_000)
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60)
        return "\(hour.padded(2)):\(minute.padded(2)):\((rest / 1_000 % 60).padded(2)).\((rest % 1_000).padded(3))"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let moment = Moment(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not a moment; write it as 2026-11-23T16:00:00.000Z"
            )
        }
        self = moment
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Timestamp {
    /// The moment as people read it.
    public var moment: Moment { Moment(self) }
}

extension Int64 {
    /// The day that so many milliseconds since 1970 are in.
    fileprivate var flooredDay: Int64 {
        let day = self / 86_400_000
        return self % 86_400_000 < 0 ? day - 1 : day
    }
}

extension Int {
    fileprivate func padded(_ digits: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
    }
}

/// Reads numbers of a fixed width.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(digits: Int) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for byte in rest.prefix(digits) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(digits)
        return value
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
