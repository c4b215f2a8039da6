#if Macros && os(Linux)
import Testing

/// What the macro writes, word by word.
@Suite struct ExpansionTests {
    private static func expansion(of source: String) throws -> String {
        try Compiler.output(source, ["-Xfrontend", "-dump-macro-expansions"])
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("@__swiftmacro") && !$0.hasPrefix("-----") && !$0.isEmpty }
            .joined(separator: "\n")
    }

    @Test func oneMethodOfEachKind() throws {
        let text = try Self.expansion(
            of: """
                public import Aloft
                @Activities
                public struct Payments {
                    /// Takes money.
                    public func charge(_ card: String, amount: Int) async throws -> String { card }
                    func ping(_ context: ActivityContext) {}
                }
                """
        )
        #expect(
            text == """
                /// The activities by name and types.
                nonisolated public enum References {
                    /// `charge(_:amount:)`
                #sourceLocation(file: "Source.swift", line: 5)
                    public static var charge: Aloft.ActivityReference<ChargeArguments, String> {
                        Aloft.ActivityReference("Payments.charge")
                    }
                #sourceLocation()
                #sourceLocation(file: "Source.swift", line: 5)
                    private typealias ChargeArgumentsValues = (Aloft.ActivityValue<String>)
                #sourceLocation()
                    /// `ping(_:)`
                #sourceLocation(file: "Source.swift", line: 6)
                    static var ping: Aloft.ActivityReference<Swift.Void, Swift.Void> {
                        Aloft.ActivityReference("Payments.ping")
                    }
                #sourceLocation()
                    /// What is stored for a call of `charge(_:amount:)`.
                    nonisolated public struct ChargeArguments: Swift.Codable, Swift.Sendable {
                #sourceLocation(file: "Source.swift", line: 5)
                        public var card: Aloft.ActivityValue<String>
                #sourceLocation()
                #sourceLocation(file: "Source.swift", line: 5)
                        public var amount: Aloft.ActivityValue<Int>
                #sourceLocation()
                        public init(card: String, amount: Int) {
                            self.card = card
                            self.amount = amount
                        }
                        private enum CodingKeys: Swift.String, Swift.CodingKey {
                            case card
                            case amount
                        }
                        public init(from decoder: any Swift.Decoder) throws {
                            let container = try decoder.container(keyedBy: CodingKeys.self)
                #sourceLocation(file: "Source.swift", line: 5)
                            self.card = try container.decode(String.self, forKey: .card)
                #sourceLocation()
                #sourceLocation(file: "Source.swift", line: 5)
                            self.amount = try container.decode(Int.self, forKey: .amount)
                #sourceLocation()
                        }
                        public func encode(to encoder: any Swift.Encoder) throws {
                            var container = encoder.container(keyedBy: CodingKeys.self)
                #sourceLocation(file: "Source.swift", line: 5)
                            try container.encode(self.card, forKey: .card)
                #sourceLocation()
                #sourceLocation(file: "Source.swift", line: 5)
                            try container.encode(self.amount, forKey: .amount)
                #sourceLocation()
                        }
                    }
                }
                /// The calls that workflows make.
                nonisolated public struct Stub: Aloft.ActivityStub {
                    private let activityCaller: Aloft.ActivityCaller
                    public init(_ caller: Aloft.ActivityCaller) {
                        self.activityCaller = caller
                    }
                    /// Takes money.
                    nonisolated(nonsending) public func charge(
                        _ card: String,
                        amount: Int,
                        fileID: Swift.StaticString = #fileID,
                        line: Swift.UInt = #line
                    ) async throws -> String {
                        try await self.activityCaller.call(References.charge, \
                References.ChargeArguments(card: card, amount: amount), fileID: fileID, line: line)
                    }
                    nonisolated(nonsending) func ping(
                        fileID: Swift.StaticString = #fileID,
                        line: Swift.UInt = #line
                    ) async throws {
                        try await self.activityCaller.call(References.ping, (), fileID: fileID, line: line)
                    }
                }
                nonisolated public var activityMethods: [Aloft.ActivityMethod] {
                    [
                        Aloft.ActivityMethod(References.charge, method: "charge(_:amount:)") { _, input in
                            try await Aloft.ActivityMethod.result(of: self.charge(input.card, amount: input.amount))
                        },
                        Aloft.ActivityMethod(References.ping, method: "ping(_:)") { context, _ in
                            try await Aloft.ActivityMethod.result(of: self.ping(context))
                        }
                    ]
                }
                extension Payments: Aloft.ActivityContainer {}
                """
        )
    }
}
#endif
