public import AloftCore

/// How an instance ended.
public struct ResultView: Hashable, Sendable, Codable {
    public var status: String
    public var result: PayloadView?
    public var failure: FailureView?

    /// Of an instance that has not ended.
    public init(status: InstanceStatus) { self.status = status.rawValue }

    public init(_ completion: Completion, reader: PayloadReader = PayloadReader()) {
        status = completion.status.rawValue
        switch completion {
        case .completed(let payload): result = reader.view(payload)
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            self.failure = FailureView(failure, reader: reader)
        case .continuedAsNew: break
        }
    }
}

/// What a start came to.
public struct StartedView: Hashable, Sendable, Codable {
    /// `false` if it was there already and the policies say that it is the answer.
    public var isNew: Bool
    public var instance: InstanceView

    public init(isNew: Bool, instance: InstanceView) {
        self.isNew = isNew
        self.instance = instance
    }
}

/// What an action on one instance came to.
public struct DoneView: Hashable, Sendable, Codable {
    /// `false` if there was nothing to do.
    public var isDone: Bool

    public init(isDone: Bool) { self.isDone = isDone }
}
