/// A bar that shows how parts share a whole.
enum StatusBar {
    /// - Parameter parts: Each with the class that colours it; those of zero are left out.
    static func svg(_ parts: [(style: String, count: Int)], label: String) -> String {
        let total = Double(max(parts.reduce(0) { $0 + $1.count }, 1))
        let shown = parts.filter { $0.count > 0 }
        // Even the smallest part is to be seen.
        let least = 0.6
        let free = 100 - least * Double(shown.count)
        var x = 0.0
        var bars = ""
        for part in shown {
            let width = least + free * Double(part.count) / total
            bars +=
                "<rect class=\"\(part.style)\" x=\"\(SVG.number(x))%\" y=\"0\" width=\"\(SVG.number(width))%\" height=\"10\"/>"
            x += width
        }
        return
            "<svg class=\"proportions\" width=\"100%\" height=\"10\" role=\"img\" aria-label=\"\(SVG.escaped(label))\">"
            + bars + "</svg>"
    }
}
