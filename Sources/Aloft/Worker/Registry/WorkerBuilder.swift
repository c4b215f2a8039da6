internal import AloftCore

/// Something that a worker can run: a workflow or an activity.
public struct WorkerComponent: Sendable {
    enum Kind {
        case workflow(@Sendable (PayloadCoder) -> WorkflowBlueprint)
        case activity(@Sendable (PayloadCoder) -> ActivityBlueprint)
    }

    let kind: Kind

    /// A workflow, registered by its type.
    public static func workflow<W: Workflow>(_ type: W.Type) -> WorkerComponent {
        WorkerComponent(kind: .workflow { coder in WorkflowBlueprint(type, coder: coder) })
    }

    /// An activity, registered by a value that all its runs share.
    public static func activity<A: Activity>(_ activity: A) -> WorkerComponent {
        WorkerComponent(
            kind: .activity { coder in
                ActivityBlueprint(name: A.name, typeName: String(reflecting: A.self), coder: coder) {
                    try await activity.run($0, $1)
                }
            }
        )
    }

    /// The activities of a container, registered by a value that all their runs share.
    public static func container<C: ActivityContainer>(_ container: C) -> [WorkerComponent] {
        container.activityMethods.map { method in
            WorkerComponent(kind: .activity { coder in method.blueprint(in: C.self, coder: coder) })
        }
    }

    /// An activity that is a closure.
    public static func activity<Input, Output>(_ function: ActivityFunction<Input, Output>) -> WorkerComponent {
        WorkerComponent(
            kind: .activity { coder in
                ActivityBlueprint(
                    name: function.name,
                    typeName: "the closure \"\(function.name)\"",
                    coder: coder,
                    function.body
                )
            }
        )
    }
}

/// Lists what a worker can run: workflow types, activities, containers of activities and activity functions, with `if` and
/// `for` as needed.
@resultBuilder
public enum WorkerBuilder {
    // One overload for each combination of values and Void, so that a type that cannot be stored is a compiler error here.
    public static func buildExpression<W: Workflow>(_ type: W.Type) -> [WorkerComponent]
    where W.Input: Codable, W.Output: Codable { [.workflow(type)] }

    public static func buildExpression<W: Workflow>(_ type: W.Type) -> [WorkerComponent]
    where W.Input == Void, W.Output: Codable { [.workflow(type)] }

    public static func buildExpression<W: Workflow>(_ type: W.Type) -> [WorkerComponent]
    where W.Input: Codable, W.Output == Void { [.workflow(type)] }

    public static func buildExpression<W: Workflow>(_ type: W.Type) -> [WorkerComponent]
    where W.Input == Void, W.Output == Void { [.workflow(type)] }

    public static func buildExpression<A: Activity>(_ activity: A) -> [WorkerComponent]
    where A.Input: Codable, A.Output: Codable { [.activity(activity)] }

    public static func buildExpression<A: Activity>(_ activity: A) -> [WorkerComponent]
    where A.Input == Void, A.Output: Codable { [.activity(activity)] }

    public static func buildExpression<A: Activity>(_ activity: A) -> [WorkerComponent]
    where A.Input: Codable, A.Output == Void { [.activity(activity)] }

    public static func buildExpression<A: Activity>(_ activity: A) -> [WorkerComponent]
    where A.Input == Void, A.Output == Void { [.activity(activity)] }

    public static func buildExpression<C: ActivityContainer>(_ container: C) -> [WorkerComponent] {
        WorkerComponent.container(container)
    }

    public static func buildExpression<I: Codable, O: Codable>(_ function: ActivityFunction<I, O>) -> [WorkerComponent]
    {
        [.activity(function)]
    }

    public static func buildExpression<O: Codable>(_ function: ActivityFunction<Void, O>) -> [WorkerComponent] {
        [.activity(function)]
    }

    public static func buildExpression<I: Codable>(_ function: ActivityFunction<I, Void>) -> [WorkerComponent] {
        [.activity(function)]
    }

    public static func buildExpression(_ function: ActivityFunction<Void, Void>) -> [WorkerComponent] {
        [.activity(function)]
    }

    public static func buildExpression(_ component: WorkerComponent) -> [WorkerComponent] { [component] }
    public static func buildExpression(_ components: [WorkerComponent]) -> [WorkerComponent] { components }
    public static func buildBlock(_ parts: [WorkerComponent]...) -> [WorkerComponent] { parts.flatMap(\.self) }
    public static func buildOptional(_ part: [WorkerComponent]?) -> [WorkerComponent] { part ?? [] }
    public static func buildEither(first part: [WorkerComponent]) -> [WorkerComponent] { part }
    public static func buildEither(second part: [WorkerComponent]) -> [WorkerComponent] { part }
    public static func buildArray(_ parts: [[WorkerComponent]]) -> [WorkerComponent] { parts.flatMap(\.self) }
}
