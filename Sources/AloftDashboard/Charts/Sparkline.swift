import AloftCore

/// A small line that shows where something is going.
enum Sparkline {
    private static let width = 120.0
    private static let height = 28.0

    /// - Parameters:
    ///   - samples: The oldest first; each is drawn where its moment is.
    ///   - label: Read out instead of the picture.
    static func svg(_ samples: [QueueSampler.Sample], label: String) -> String {
        let open =
            "<svg class=\"spark\" viewBox=\"0 0 120 28\" width=\"120\" height=\"28\" role=\"img\" aria-label=\""
            + SVG.escaped(label) + "\">"
        guard let first = samples.first?.moment, let last = samples.last?.moment, first < last else {
            return open + "<path class=\"rest\" d=\"M0 26H120\"/></svg>"
        }
        let most = Double(max(samples.map(\.depth).max() ?? 0, 1))
        let points = samples.map { sample in
            let x = Self.width * ((sample.moment - first) / (last - first))
            let y = 26 - 23 * Double(sample.depth) / most
            return "\(SVG.number(x)) \(SVG.number(y))"
        }
        let line = "M" + points.joined(separator: "L")
        return open + "<path class=\"area\" d=\"\(line)V28H0Z\"/><path class=\"line\" d=\"\(line)\"/></svg>"
    }
}
