internal import Foundation

/// A terminal that is drawn over; where there is none, lines follow each other.
struct Screen {
    private var isFirst = true

    /// How many lines there is room for.
    var room: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 6 else { return 24 }
        return Int(size.ws_row)
    }

    mutating func draw(_ lines: [Styled]) {
        let terminal = Terminal.output
        guard terminal.isInteractive else { return Console.say(lines, to: terminal) }
        var text = isFirst ? "\u{1b}[2J" : ""
        isFirst = false
        text += "\u{1b}[H"
        for line in lines.prefix(room - 1) {
            let cut = terminal.width.map { line.cut(to: $0) } ?? line
            text += "\(cut.rendered(hasColours: terminal.hasColours))\u{1b}[K\n"
        }
        // What is left of the picture before.
        Console.write(text + "\u{1b}[J")
    }
}
