/// A small line that shows where something is going.
enum Sparkline {
    private static let width = 120.0
    private static let height = 28.0

    /// - Parameter label: Read out instead of the picture.
    static func svg(_ values: [Int], label: String) -> String {
        let open =
            "<svg class=\"spark\" viewBox=\"0 0 120 28\" width=\"120\" height=\"28\" role=\"img\" aria-label=\""
            + SVG.escaped(label) + "\">"
        guard values.count > 1 else { return open + "<path class=\"rest\" d=\"M0 26H120\"/></svg>" }
        let most = Double(max(values.max() ?? 0, 1))
        let points = values.enumerated().map { index, value in
            let x = Self.width * Double(index) / Double(values.count - 1)
            let y = 26 - 23 * Double(value) / most
            return "\(SVG.number(x)) \(SVG.number(y))"
        }
        let line = "M" + points.joined(separator: "L")
        return open + "<path class=\"area\" d=\"\(line)V28H0Z\"/><path class=\"line\" d=\"\(line)\"/></svg>"
    }
}
