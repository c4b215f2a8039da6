internal import Foundation

/// Something that the code of an open instance waits for, and where in the code.
public struct Wait: Hashable, Sendable {
    /// What kind of thing it is. Stored by number: append, never renumber.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// The outcome of the activity `name`.
        case activity = 1
        /// The moment ``Wait/due``; `name` is the timer's.
        case timer = 2
        /// The end of a sub-workflow; `name` is its workflow and id.
        case subWorkflow = 3
        /// A signal called `name`.
        case signal = 4
        /// That a signal reaches another instance; `name` is the signal's and the instance's.
        case delivery = 5
        /// That a condition over the workflow's own variables holds.
        case condition = 6
        /// Another task of the same execution, or several things at once, in the words of `name`.
        case other = 7
    }

    public var kind: Kind
    /// What it is called; cut when it is long.
    public var name: String
    /// The first of those that wait, where it is one for activities, timers, sub-workflows or deliveries.
    public var command: CommandID?
    /// When a timer fires; of several, the first.
    public var due: Timestamp?
    /// How many alike are waited for at this place.
    public var count: Int
    /// The file as `#fileID` gives it, "Shop/Orders.swift", or its end if that is long; empty where it is not known.
    public var fileID: String
    /// The line, counted from 1; 0 where it is not known.
    public var line: Int

    public init(
        _ kind: Kind,
        _ name: String = "",
        command: CommandID? = nil,
        due: Timestamp? = nil,
        count: Int = 1,
        fileID: String = "",
        line: Int = 0
    ) {
        self.kind = kind
        self.name = name
        self.command = command
        self.due = due
        self.count = count
        self.fileID = fileID
        self.line = line
    }

    /// The same without what tells alike ones apart.
    package var kindred: Wait { Wait(kind, name, fileID: fileID, line: line) }

    /// What is waited for: "activity charge", "100 × activity resize", "signal approval".
    public var subject: String {
        let one =
            switch kind {
            case .activity: "activity \(name)"
            case .timer: "timer \(name)\(due.map { ", due \(Self.text(of: $0))" } ?? "")"
            case .subWorkflow: "sub-workflow \(name)"
            case .signal: "signal \(name)"
            case .delivery: "delivery of signal \(name)"
            case .condition: "a condition"
            case .other: name
            }
        return count > 1 ? "\(count) × \(one)" : one
    }

    /// The place in the code, "Shop/Orders.swift:42"; `nil` where it is not known.
    public var place: String? { fileID.isEmpty ? nil : "\(fileID):\(line)" }

    /// Subject and place: "activity charge at Shop/Orders.swift:42".
    public var text: String { place.map { "\(subject) at \($0)" } ?? subject }

    private static func text(of moment: Timestamp) -> String {
        moment.date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
