extension WorkerEndpoint {
    /// Reads an address as people write it into an environment: `127.0.0.1:9464`, `0.0.0.0:9464`, `[::1]:9464`, `:9464` (loopback),
    /// `9464` (loopback).
    ///
    /// - Returns: `nil` if it is none: no port, or one beyond 65,535.
    public static func address(_ text: String) -> (host: String, port: Int)? {
        let colon = text.lastIndex(of: ":")
        let portText = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard let port = UInt16(portText), portText.allSatisfy(\.isNumber) else { return nil }
        var host = colon.map { text[..<$0] } ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            // Where such an address ends and the port begins is anybody's guess.
            return nil
        }
        return (host.isEmpty ? "127.0.0.1" : String(host), Int(port))
    }
}
