/// Quantities as people read them.
public enum Quantity {
    /// "840 ms", "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h": two units at most.
    public static func duration(_ duration: Duration) -> String {
        let isNegative = duration < .zero
        let (seconds, attoseconds) = duration.components
        let magnitude = seconds.magnitude
        let milliseconds = UInt64(attoseconds.magnitude / 1_000_000_000_000_000)
        let text =
            switch magnitude {
            case 0: "\(milliseconds) ms"
            case 1..<10: "\(magnitude).\(milliseconds / 100) s"
            case 10..<60: "\(magnitude) s"
            case 60..<3_600: pair(magnitude / 60, "min", magnitude % 60, "s")
            case 3_600..<86_400: pair(magnitude / 3_600, "h", magnitude / 60 % 60, "min")
            default: pair(magnitude / 86_400, "d", magnitude / 3_600 % 24, "h")
            }
        return isNegative ? "−" + text : text
    }

    private static func pair(_ first: UInt64, _ unit: String, _ second: UInt64, _ other: String) -> String {
        second == 0
            ? "\(count(Int(clamping: first))) \(unit)" : "\(count(Int(clamping: first))) \(unit) \(second) \(other)"
    }

    /// "812 B", "14.2 kB", "3.0 MB"
    public static func bytes(_ count: Int) -> String {
        guard count.magnitude >= 1_000 else { return "\(count) B" }
        var (tenths, unit) = (count / 100, 0)
        while tenths.magnitude >= 10_000, unit < 3 {
            tenths /= 1_000
            unit += 1
        }
        return "\(tenths / 10).\(tenths.magnitude % 10) \(["kB", "MB", "GB", "TB"][unit])"
    }

    /// "1,234,567"
    public static func count(_ count: Int) -> String {
        let digits = Array(String(count.magnitude).utf8)
        var text = count < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }

    /// "1 event", "2 events"
    public static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(self.count(count)) \(count == 1 ? one : many ?? one + "s")"
    }
}

extension Duration {
    /// Whole milliseconds, rounded down, as the JSON has them.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000_000
    }
}
