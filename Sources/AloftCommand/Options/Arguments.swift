internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// A length of time: "250ms", "90s", "15m", "36h", "30d", or several of these: "1h30m".
struct DurationArgument: ExpressibleByArgument, Sendable, Hashable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        var rest = argument[...]
        var sum = Duration.zero
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), number <= 1 << 40 else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "ms": sum += .milliseconds(number)
            case "s": sum += .seconds(number)
            case "m", "min": sum += .seconds(number * 60)
            case "h": sum += .seconds(number * 3_600)
            case "d": sum += .seconds(number * 86_400)
            default: return nil
            }
        }
        guard !argument.isEmpty else { return nil }
        duration = sum
    }
}

/// A moment in UTC, "2026-11-23T16:00:00Z", or how long ago it was, "2h".
struct MomentArgument: ExpressibleByArgument, Sendable, Hashable, CustomStringConvertible {
    private enum Meaning: Hashable {
        case at(Timestamp)
        case ago(Duration)
    }

    private let meaning: Meaning
    /// As it was typed.
    let description: String

    init?(argument: String) {
        description = argument
        if let moment = Moment(argument) {
            meaning = .at(moment.timestamp)
        } else if let ago = DurationArgument(argument: argument) {
            meaning = .ago(ago.duration)
        } else {
            return nil
        }
    }

    func moment(now: Timestamp) -> Timestamp {
        switch meaning {
        case .at(let moment): moment
        case .ago(let duration): now - duration
        }
    }
}

extension Timestamp {
    fileprivate static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }
}

/// A status by its name.
struct StatusArgument: ExpressibleByArgument, Sendable, Hashable {
    let status: InstanceStatus

    init?(argument: String) {
        let status = InstanceStatus(rawValue: argument.replacing("-", with: " "))
        guard InstanceStatus.all.contains(status) else { return nil }
        self.status = status
    }

    static var allValueStrings: [String] { InstanceStatus.all.map { $0.rawValue.replacing(" ", with: "-") } }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// "customer=ada"
struct MemoArgument: ExpressibleByArgument, Sendable, Hashable {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}
