/// The stored number of each kind of event. Inputs are below 64. Append, never renumber.
enum EventKind: UInt8 {
    case started = 1
    case activityCompleted = 2
    case activityFailed = 3
    case timerFired = 4
    case signalReceived = 5
    case cancelRequested = 6

    case activityScheduled = 64
    case timerScheduled = 65
    case timerCancelled = 66
    case sideEffectRecorded = 67
    case workflowCompleted = 68
    case workflowFailed = 69
    case workflowCancelled = 70
}
