package import AloftCore
internal import CoreMetrics

/// What a worker can run, by name.
package struct Registry: Sendable {
    package private(set) var workflows: [String: WorkflowBlueprint] = [:]
    package private(set) var activities: [String: ActivityBlueprint] = [:]

    /// - Throws: ``RegistrationError`` for a name that is taken or unusable.
    package init(_ components: [WorkerComponent], coder: PayloadCoder) throws {
        for component in components {
            switch component.kind {
            case .workflow(let make):
                let new = make(coder)
                try Self.check(new.name, subject: "workflow", type: new.typeName)
                if let old = workflows.updateValue(new, forKey: new.name) {
                    throw RegistrationError(subject: "workflows", name: new.name, types: [old.typeName, new.typeName])
                }
            case .activity(let make):
                let new = make(coder)
                try Self.check(new.name, subject: "activity", type: new.typeName)
                if let old = activities.updateValue(new, forKey: new.name) {
                    throw RegistrationError(subject: "activities", name: new.name, types: [old.typeName, new.typeName])
                }
            }
        }
    }

    /// The same, with handles for what is measured of each.
    func measured(by factory: any MetricsFactory) -> Registry {
        var registry = self
        for name in workflows.keys {
            registry.workflows[name]?.metrics = WorkflowMetrics(factory, workflow: name)
        }
        for name in activities.keys {
            registry.activities[name]?.metrics = ActivityMetrics(factory, activity: name)
        }
        return registry
    }

    private static func check(_ name: String, subject: String, type: String) throws {
        do {
            try IdentifierRules.check(name, subject: "\(subject) name")
        } catch {
            throw RegistrationError(message: "\(type) cannot be registered: \(error.message)")
        }
    }
}

/// A worker was given components that do not go together.
public struct RegistrationError: Error, CustomStringConvertible {
    public let message: String

    init(message: String) { self.message = message }

    init(subject: String, name: String, types: [String]) {
        message =
            "two \(subject) are registered under the name \"\(name)\": \(types.joined(separator: " and ")); "
            + "give one of them another name"
    }

    public var description: String { message }
}
