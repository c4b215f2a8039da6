internal import Synchronization

/// A value that one task waits for and that others may bring: the first to bring one wins.
///
/// It may be brought before anybody waits, so that registering, waiting and cancelling can race without a wake-up lost.
final class Handoff<Value: Sendable>: Sendable {
    private enum Phase: Sendable {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case brought(Value)
    }

    private let phase = Mutex(Phase.open)

    /// Waits for the value. To be called once.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let brought: Value? = phase.withLock { phase in
                    if case .brought(let value) = phase { return value }
                    phase = .awaited(continuation)
                    return nil
                }
                if let brought { continuation.resume(returning: brought) }
            }
        }
    }

    /// Brings the value, unless another one is there already.
    func bring(_ value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = phase.withLock { phase in
            switch phase {
            case .open:
                phase = .brought(value)
                return nil
            case .awaited(let continuation):
                phase = .brought(value)
                return continuation
            case .brought: return nil
            }
        }
        waiting?.resume(returning: value)
    }

    /// Waits for the value; if the waiting task is cancelled, the value is the one given here.
    func value(ifCancelled replacement: Value) async -> Value {
        await withTaskCancellationHandler {
            await value
        } onCancel: {
            bring(replacement)
        }
    }
}
