/// A path as the file system has it: bytes, which need not be UTF-8.
package struct BytePath: Hashable, Sendable {
    package var bytes: [UInt8]

    package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The path of something in this folder. An empty path is the folder that others are relative to.
    package func appending(_ component: BytePath) -> BytePath {
        if bytes.isEmpty { return component }
        if component.bytes.isEmpty { return self }
        return BytePath(bytes: bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + component.bytes)
    }

    package func appending(_ component: String) -> BytePath { appending(BytePath(component)) }

    package var components: [BytePath] {
        bytes.split(separator: Self.slash).map { BytePath(bytes: $0) }
    }

    package var lastComponent: BytePath { components.last ?? self }

    /// The folder that holds it; empty for a single component.
    package var parent: BytePath {
        guard let index = bytes.lastIndex(of: Self.slash) else { return BytePath(bytes: []) }
        return BytePath(bytes: index == 0 ? bytes[...0] : bytes[..<index])
    }

    package var withoutTrailingSlashes: BytePath {
        var rest = bytes[...]
        while rest.count > 1, rest.last == Self.slash { rest = rest.dropLast() }
        return BytePath(bytes: rest)
    }

    /// Whether this is the folder or lies in it. Both must be absolute and without links.
    package func isWithin(_ folder: BytePath) -> Bool {
        let own = components
        let others = folder.components
        return own.count >= others.count && Array(own[..<others.count]) == others
    }

    package func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            // Never nil: the buffer has at least its terminator.
            try body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }

    static let slash = UInt8(ascii: "/")
}

extension BytePath: Comparable {
    /// By bytes, as `LC_ALL=C sort` does.
    package static func < (left: BytePath, right: BytePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
