#if Macros && os(Linux)
import Testing

/// What cannot be an activity is said where it stands, and what to do about it.
@Suite struct DiagnosticTests {
    /// The compiler's own words, at the user's own line: nothing is to be seen of generated code.
    @Test func typesThatAreNotCodable() throws {
        try expectMessages(
            """
            import Aloft
            struct Connection: Sendable {}
            @Activities
            struct Payments {
                func single(_ connection: Connection) {} //! type 'Connection' does not conform to protocol 'Decodable'
                func several(
                    _ number: Int,
                    by connection: Connection //! type 'Connection' does not conform to protocol 'Decodable'
                ) {}
                func result(
                    _ number: Int
                ) -> Connection { Connection() } //! type 'Connection' does not conform to protocol 'Decodable'
                func defaulted(
                    _ number: Int = 1,
                    by connection: Connection //! type 'Connection' does not conform to protocol 'Decodable'
                ) {}
                func good(_ number: Int) {}
            }
            func use(_ context: WorkflowContext) async throws {
                try await context.activities(Payments.self).good(1)
            }
            """
        )
    }

    @Test func typesThatAreNotSendable() throws {
        let messages = try Compiler.messages(
            """
            import Aloft
            final class Box: Codable { var value = 1 }
            @Activities
            struct Payments {
                func put(_ box: Box) {}
            }
            """
        )
        let isNamed = messages.contains {
            $0.line == 5 && $0.text == "type 'Box' does not conform to the 'Sendable' protocol"
        }
        #expect(isNamed, "\(messages)")
    }

    @Test func parametersAndResults() throws {
        try expectMessages(
            """
            import Aloft
            @Activities
            struct Payments {
                func a(_ body: @escaping @Sendable () -> Void) {} //! the parameter body is a function, which cannot be stored
                func b(_ pair: (Int, Int)) {} //! the parameter pair is a tuple
                func c(_ value: any Codable & Sendable) {} //! the parameter value is an existential type
                func d(_ value: some Codable) {} //! the parameter value is an opaque type
                func e(_ type: Int.Type) {} //! the parameter type is a type
                func f(_ values: [(@Sendable () -> Void)?]) {} //! the parameter values is a function
                func g(_ values: Int...) {} //! a parameter of an activity cannot be variadic; make values an array
                func h(_ value: inout Int) {} //! cannot be inout, since it is stored; return the new value of value
                func i(_ actor: isolated Keeper) {} //! is stored and cannot isolate it
                func j(_: Int) {} //! a parameter of an activity needs a name
                func k() -> any Sendable { 1 } //! the result is an existential type
                func l() -> some Codable { 1 } //! the result is an opaque type
                func m() -> (Int, Int) { (1, 2) } //! the result is a tuple
                func n() -> () -> Void { {} } //! the result is a function
                func o(_ value: Optional<any Error>) {} //! the parameter value is an existential type
                func p(_ value: borrowing ~Copyable) {} //! the parameter value is an existential type
                func q(_ make: @autoclosure () -> Int) {} //! the parameter make is a function
                func good(_ value: borrowing String, _ other: sending [Int], _ third: Int!) -> Void {}
            }
            actor Keeper {}
            func use(_ context: WorkflowContext) async throws {
                try await context.activities(Payments.self).good("", [], nil)
            }
            """
        )
    }

    @Test func methods() throws {
        try expectMessages(
            """
            import Aloft
            @Activities
            struct Payments {
                func a<Value: Codable>(_ value: Value) {} //! an activity cannot be generic
                mutating func b() {} //! an activity cannot be mutating, since its runs share the value
                func c(_ body: () throws -> Void) rethrows {} //! write throws in c or mark it @ActivityIgnored
                func d(_ number: Int) {}
                func d(_ text: String) {} //! there is another activity d; rename one of them
                @ActivityName("Payments.d") func e() {} //! the name "Payments.d" is taken by d(_:)
                @ActivityName("") func f() {} //! the name of an activity cannot be empty
                @ActivityName("g\\(1)") func g() {} //! the name of an activity is a string literal without interpolation
                @ActivityName("h") private func h() {} //! h is no activity, since it is private or static
                #if true
                func i() {} //! i stands in #if
                @ActivityIgnored func j() {}
                #endif
                @ActivityName("m\\n") func m() {} //! the name of an activity has a control character
                @ActivityName("\(String(repeating: "n", count: 256))") func n() {} //! has 256 bytes, at most 255 are allowed
                @available(*, unavailable) func o<Value>(_ value: Value) {}
                @ActivityIgnored func k<Value>(_ value: Value) -> Value { value }
                static func l<Value>(_ value: Value) {}
            }
            """
        )
    }

    @Test func types() throws {
        try expectMessages(
            """
            import Aloft
            @Activities enum Choice { func f() {} } //! @Activities goes with a struct, an actor or a final class
            @Activities protocol Wish { func f() } //! @Activities goes with a struct
            enum Outer {
                @Activities private struct Hidden { func f() {} } //! make it fileprivate
                @Activities fileprivate struct Seen { func f() {} }
                @ActivityName("g") func g() {} //! @ActivityName goes with a method in the braces of an @Activities type
                @ActivityIgnored func h() {} //! @ActivityIgnored goes with a method
            }
            @Activities extension Outer { func i() {} } //! 'extension' macro cannot be attached to extension
            @Activities class Open { func f() {} } //! make it a final class, a struct or an actor
            @Activities struct Empty {} //! Empty has no activities
            @Activities(prefix: "a\\(1)") struct Prefix { func f() {} } //! the prefix of names is a string literal
            @Activities private struct Filed { func f() {} }
            @Activities struct Packed<each Value: Codable & Sendable> { //! cannot have a parameter pack
                func f() {}
            }
            @Activities(prefix: "a\\tb") struct Tabbed { func f() {} } //! the prefix of names has a control character
            @Activities struct Taken {
                struct References {} //! the name References is taken in what @Activities writes; rename this one
                func Stub() {} //! the name Stub is taken
                var activityMethods: Int { 1 } //! the name activityMethods is taken
                func good() {}
            }
            """
        )
    }

    /// Odd, and right: the compiler has nothing to say, of generated code neither.
    @Test func whatIsRight() throws {
        try expectMessages(
            """
            import Aloft
            import Foundation
            @available(*, deprecated) @Activities struct Old { func a(_ x: Int, y: Int) {} }
            @Activities struct Values {
                static let limit = 3
                private static let hidden = 4
                enum Mode: String, Codable, Sendable { case fast, slow }
                struct Result: Codable, Sendable {}
                typealias Numbers = [Int]
                func a(_ x: Int = Self.limit, y: Int = Values.limit + Self.hidden, mode: Mode = .fast) {}
                func b(_ x: [String: [Numbers]] = [:], y: Set<Int> = [1, 2], z: Result = .init()) -> [Int?]? { nil }
                func c(x: Int? = nil, y: Optional<Int> = .some(3), z: Int! = nil) -> Int! { 1 }
                func d(_ x: (Int), _ y: ((String))) -> (Int) { x }
                func e(_ x: Swift.Array<Swift.Int>, y: Foundation.Date) -> Foundation.Data { Data() }
                func f(at line: Int = #line, file: String = #fileID, name: String = #function) {}
                func g(text: String = \"""
                    many "lines"
                    \\(limit)
                    \""", number: Int = { 3 }()) {}
                /** Told
                  over lines. */
                func h(_ x: Int
                    , y: Int) -> Int { 1 }
                func i(@Clamped _ x: Int, @Clamped y: Int) {}
                func j(_ x: consuming sending String, y: __owned String) {}
            }
            @Activities struct Films {
                struct Encoder: Codable, Sendable {}
                struct Decoder: Codable, Sendable {}
                struct CodingKey: Codable, Sendable {}
                struct String: Codable, Sendable {}
                struct Void: Codable, Sendable {}
                func encode(_ name: String, by encoder: Encoder, _ key: CodingKey) {}
                func decode(by decoder: Decoder) {}
                func stop() {}
            }
            @Activities struct Effects {
                @available(*, deprecated, message: "use b") func a(_ x: Int, y: Int) {}
                @available(*, unavailable) func b(_ x: Int, y: Int) {}
                @available(*, unavailable, message: "use c") func b2(_ x: Int, y: Int) {}
                @available(macOS, deprecated: 15, message: "use c") func b3(_ x: Int, y: Int) {}
                func c() throws(Never) {}
                func d() async throws(CancellationError) -> String { "" }
                func e() throws(any Error) {}
                @concurrent func f() async {}
                nonisolated(nonsending) func g() async {}
                consuming func h() {}
                borrowing func i() {}
                @MainActor func j(_ x: Int) -> Int { x }
                func callAsFunction(_ x: Int) {}
            }
            @globalActor actor Storage { static let shared = Storage() }
            @Activities actor Keeper {
                nonisolated func a(_ x: Int) -> Int { x }
                @Storage func b(_ x: Int, y: Int) throws -> Int { x }
                func c(_ x: Int) -> Int { x }
            }
            let limit = 3
            @propertyWrapper struct Clamped {
                var wrappedValue: Int
                init(wrappedValue: Int) { self.wrappedValue = wrappedValue }
            }
            func use(_ context: WorkflowContext, _ store: some WorkflowStore) async throws {
                let keeper = context.activities(Keeper.self)
                async let one = keeper.a(1)
                async let two = keeper.b(2, y: 2)
                _ = try await (one, two)
                try await context.activities(Effects.self)(1)
                _ = Worker(store: store) {
                    Effects()
                    Values()
                }
            }
            """
        )
    }
}
#endif
