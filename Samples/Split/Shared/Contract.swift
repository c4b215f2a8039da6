public import AloftCore

/// All that the client and the worker share: names and types. The client is built without the engine.
public enum Contract {
    public static let shorten = WorkflowReference<String, String>("Shorten")
    public static let queue: TaskQueue = "shortener"
}
