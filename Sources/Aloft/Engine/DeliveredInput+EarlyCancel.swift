internal import AloftCore

extension EventBody {
    /// The start of an execution that was asked to cancel before its code ran: it is to begin cancelled, so that it does
    /// nothing that would have to be undone.
    func cancelled(ifAsked inputs: [DeliveredInput]) -> EventBody {
        guard case .started(var started) = self, inputs.earlyCancelReason != nil else { return self }
        started.isCancelled = true
        return .started(started)
    }
}

extension [DeliveredInput] {
    /// The reason of a request to cancel that came when nothing but signals had followed the start; later on the code has run.
    var earlyCancelReason: String? {
        guard case .started? = first?.body else { return nil }
        for input in dropFirst() {
            switch input.body {
            case .signalReceived: continue
            case .cancelRequested(let reason): return reason
            default: return nil
            }
        }
        return nil
    }
}
