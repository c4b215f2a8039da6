internal import Aloft
public import AloftCore
public import Foundation

/// Something that a ``WorkflowTester`` ran or saw.
public struct Occurrence: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case workflowStarted
        /// It went on with a fresh history.
        case workflowContinued
        case workflowEnded(InstanceStatus)
        /// An attempt was begun, of a mock or of registered code.
        case activityRan(attempt: Int)
        case signalReceived
        case cancelRequested
        case callback
    }

    /// The virtual time.
    public var date: Date
    public var kind: Kind
    /// The registered name of the workflow or activity, the name of the signal, the place of the callback.
    public var name: String
    /// Of the workflow, or whose activity or signal it was; `nil` for a callback.
    public var instance: InstanceID?
    /// What the workflow or the activity was given.
    var input: Payload?

    /// The occurrence in a few words, without time and instance: "activity Charge, attempt 2".
    public var description: String {
        switch kind {
        case .workflowStarted: "workflow \(name) started"
        case .workflowContinued: "workflow \(name) continued as new"
        case .workflowEnded(let status): "workflow \(name) \(status)"
        case .activityRan(1): "activity \(name)"
        case .activityRan(let attempt): "activity \(name), attempt \(attempt)"
        case .signalReceived: "signal \(name)"
        case .cancelRequested: "cancel of \(name)"
        case .callback: "callback of \(name)"
        }
    }
}

extension WorkflowTester {
    /// What has happened, in order.
    ///
    /// ```swift
    /// #expect(tester.log.map(\.description) == ["workflow Fulfilment started", "activity Charge", …])
    /// ```
    public var log: [Occurrence] { withState { $0.log } }

    func note(_ kind: Occurrence.Kind, _ name: String, of instance: InstanceID? = nil, input: Payload? = nil) {
        let occurrence = Occurrence(date: now, kind: kind, name: name, instance: instance, input: input)
        withState { $0.log.append(occurrence) }
    }

    /// Notes what a transition put into a history.
    func note(_ events: [Event], of workflow: String, _ instance: InstanceID) {
        for event in events {
            switch event.body {
            case .started(let started):
                let kind = started.continuedFrom == nil ? Occurrence.Kind.workflowStarted : .workflowContinued
                note(kind, workflow, of: instance, input: started.input)
            case .signalReceived(let name, _, _): note(.signalReceived, name, of: instance)
            case .cancelRequested: note(.cancelRequested, workflow, of: instance)
            default:
                if let completion = Completion(event.body) {
                    note(.workflowEnded(completion.status), workflow, of: instance)
                }
            }
        }
    }
}
