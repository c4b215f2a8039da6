/// How the values of whoever threw an error are decoded. It goes along with the error and is no part of its value.
struct ErrorOrigin: Hashable, Sendable {
    var coder: PayloadCoder?

    func details<Details: Codable>(_ type: Details.Type, of failure: Failure, coder: PayloadCoder?) -> Details? {
        failure.details.flatMap { try? (coder ?? self.coder ?? PayloadCoder()).decode(type, from: $0) }
    }

    static func == (left: ErrorOrigin, right: ErrorOrigin) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
