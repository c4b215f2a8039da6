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
            """
        )
    }
}
#endif
