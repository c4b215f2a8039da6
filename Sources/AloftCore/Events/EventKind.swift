/// The stored number of each kind of event. Inputs are below 64. Append, never renumber.
enum EventKind: UInt8 {
    case started = 1
    case activityCompleted = 2
    case activityFailed = 3
    case timerFired = 4
    case signalReceived = 5
    case cancelRequested = 6
    case subWorkflowCompleted = 7
    case subWorkflowFailed = 8
    case signalDelivered = 9
    case signalFailed = 10

    case activityScheduled = 64
    case timerScheduled = 65
    case timerCancelled = 66
    case sideEffectRecorded = 67
    case workflowCompleted = 68
    case workflowFailed = 69
    case workflowCancelled = 70
    case subWorkflowScheduled = 71
    case subWorkflowCancelRequested = 72
    case signalScheduled = 73
    case continuedAsNew = 74
    case workflowTerminated = 75
    case workflowTimedOut = 76

    var isInput: Bool { rawValue < 64 }
}

extension EventBody {
    var kind: EventKind {
        switch self {
        case .started: .started
        case .activityCompleted: .activityCompleted
        case .activityFailed: .activityFailed
        case .timerFired: .timerFired
        case .signalReceived: .signalReceived
        case .cancelRequested: .cancelRequested
        case .subWorkflowCompleted: .subWorkflowCompleted
        case .subWorkflowFailed: .subWorkflowFailed
        case .signalDelivered: .signalDelivered
        case .signalFailed: .signalFailed
        case .activityScheduled: .activityScheduled
        case .timerScheduled: .timerScheduled
        case .timerCancelled: .timerCancelled
        case .sideEffectRecorded: .sideEffectRecorded
        case .workflowCompleted: .workflowCompleted
        case .workflowFailed: .workflowFailed
        case .workflowCancelled: .workflowCancelled
        case .subWorkflowScheduled: .subWorkflowScheduled
        case .subWorkflowCancelRequested: .subWorkflowCancelRequested
        case .signalScheduled: .signalScheduled
        case .continuedAsNew: .continuedAsNew
        case .workflowTerminated: .workflowTerminated
        case .workflowTimedOut: .workflowTimedOut
        }
    }
}
