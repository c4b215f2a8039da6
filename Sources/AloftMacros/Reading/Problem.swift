#if Macros
internal import SwiftDiagnostics

/// What can be wrong with the use of `@Activities`: what it is, and what to do.
enum Problem: DiagnosticMessage {
    case wrongType
    case notFinal(String)
    case privateType(String)
    case pack(String)
    case noActivities(String)
    case notLiteral(String)
    case emptyName
    case controlCharacter(String)
    case longName(Int)
    case reserved(String)
    case misplacedMark(String)
    case nameOfNoActivity(String)
    case conditional(String)
    case overloaded(String)
    case sameName(String, String)
    case generic(String)
    case mutating(String)
    case rethrowing(String)
    case variadic(String)
    case inOut(String)
    case isolated(String)
    case unnamed
    case unstorable(String, String)

    var message: String {
        switch self {
        case .wrongType:
            "@Activities goes with a struct, an actor or a final class: activities share a value of the type"
        case .notFinal(let name):
            "the activities of \(name) run at the same time: make it a final class, a struct or an actor"
        case .privateType(let name):
            "\(name) is private to the type around it, where the conformance cannot see it; make it fileprivate"
        case .pack(let name):
            "what @Activities writes in \(name) cannot have a parameter pack; name the types"
        case .noActivities(let name):
            "\(name) has no activities: these are the methods in its braces that are neither private nor static"
        case .notLiteral(let what): "\(what) is a string literal without interpolation: instances remember the name"
        case .emptyName: "the name of an activity cannot be empty"
        case .controlCharacter(let what): "\(what) has a control character; use printable characters only"
        case .longName(let length):
            "the name of this activity has \(length) bytes, at most 255 are allowed; set a shorter one by @ActivityName"
        case .reserved(let name): "the name \(name) is taken in what @Activities writes; rename this one"
        case .misplacedMark(let mark): "@\(mark) goes with a method in the braces of an @Activities type"
        case .nameOfNoActivity(let method): "\(method) is no activity, since it is private or static, and needs no name"
        case .conditional(let method):
            "\(method) stands in #if, where @Activities does not look; move the condition into it or mark it @ActivityIgnored"
        case .overloaded(let method):
            "there is another activity \(method); rename one of them or mark it @ActivityIgnored"
        case .sameName(let name, let method): "the name \"\(name)\" is taken by \(method)"
        case .generic(let method):
            "an activity cannot be generic, since its types are stored; use concrete types in \(method) or mark it @ActivityIgnored"
        case .mutating(let method):
            "an activity cannot be mutating, since its runs share the value; keep what changes in an actor or a Mutex, or mark \(method) @ActivityIgnored"
        case .rethrowing(let method):
            "an activity cannot rethrow; write throws in \(method) or mark it @ActivityIgnored"
        case .variadic(let name): "a parameter of an activity cannot be variadic; make \(name) an array"
        case .inOut(let name):
            "a parameter of an activity cannot be inout, since it is stored; return the new value of \(name)"
        case .isolated(let name):
            "a parameter of an activity is stored and cannot isolate it; take the actor \(name) from the type"
        case .unnamed: "a parameter of an activity needs a name: it is its key in the history"
        case .unstorable(let what, let kind):
            "\(what) is \(kind), which cannot be stored in a history; use a Codable type"
        }
    }

    var severity: DiagnosticSeverity {
        if case .noActivities = self { .warning } else { .error }
    }

    var diagnosticID: MessageID {
        let label = Mirror(reflecting: self).children.first?.label ?? "\(self)"
        return MessageID(domain: "AloftMacros", id: label)
    }
}
#endif
