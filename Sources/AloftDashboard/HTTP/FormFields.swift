/// The fields of a query or of a form, in their order; names may come twice.
struct FormFields: Hashable, Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// Beyond these, fields are not read.
    private static let most = 100

    init() {}

    init(_ fields: [(String, String)]) { self.fields = fields.map { (name: $0.0, value: $0.1) } }

    /// - Parameter encoded: `application/x-www-form-urlencoded`, as in a query without its "?".
    init(encoded: some StringProtocol) {
        for part in encoded.utf8.split(separator: UInt8(ascii: "&")).prefix(Self.most) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count > 1 ? PercentCoding.decode(pair[1], isForm: true) : ""
            fields.append((PercentCoding.decode(pair[0], isForm: true), value))
        }
    }

    /// The first value of a name; `nil` if there is none, or if it is empty as browsers send fields that were left blank.
    subscript(_ name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

    mutating func set(_ name: String, _ value: String?) {
        fields.removeAll { $0.name == name }
        if let value { fields.append((name, value)) }
    }

    mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

    var isEmpty: Bool { fields.isEmpty }

    /// For a query: "a=1&b=2".
    var encoded: String {
        fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
    }

    static func == (left: FormFields, right: FormFields) -> Bool {
        left.fields.elementsEqual(right.fields, by: ==)
    }

    func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}
