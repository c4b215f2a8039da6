/// Columns that stand under each other.
struct Table {
    struct Column {
        var title: String
        var isRight = false
        /// How narrow it may become when there is little room; `nil`: it stays as it is.
        var minimum: Int?

        init(_ title: String, isRight: Bool = false, minimum: Int? = nil) {
            self.title = title
            self.isRight = isRight
            self.minimum = minimum
        }
    }

    let columns: [Column]
    private var rows: [[Styled]] = []
    private static let gap = 2

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter cells: One for each column.
    mutating func add(_ cells: [Styled]) { rows.append(cells) }

    /// How many columns it takes when nothing is cut.
    var naturalWidth: Int { widths(titles, nil).reduce(0, +) + Self.gap * (columns.count - 1) }

    private var titles: [Styled] { columns.map { Styled($0.title, .faint) } }

    func lines(_ terminal: Terminal) -> [Styled] {
        let titles = titles
        let widths = widths(titles, terminal.width)
        return ([titles] + rows).map { cells in
            var line = Styled("")
            for (index, cell) in cells.enumerated() where index < columns.count {
                let isLast = index == columns.count - 1
                let cut = cell.cut(to: widths[index])
                line +=
                    isLast && !columns[index].isRight
                    ? cut : cut.padded(to: widths[index], onLeft: columns[index].isRight)
                if !isLast { line += Styled(String(repeating: " ", count: Self.gap)) }
            }
            return line.trimmed
        }
    }

    private func widths(_ titles: [Styled], _ room: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            ([titles] + rows).map { index < $0.count ? $0[index].width : 0 }.max() ?? 0
        }
        guard let room else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - room
        // The widest of those that may shrink does, column by column, so that the narrow ones stay whole.
        while excess > 0 {
            guard let widest = shrinkable(widths).max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func shrinkable(_ widths: [Int]) -> [Int] {
        columns.indices.filter { index in columns[index].minimum.map { widths[index] > $0 } ?? false }
    }
}

extension Styled {
    /// Without spaces at its end.
    var trimmed: Styled {
        var result = self
        result.trimEnd()
        return result
    }
}
