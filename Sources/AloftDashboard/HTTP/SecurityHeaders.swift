internal import HTTPTypes

/// What every answer says to browsers.
enum SecurityHeaders {
    static func add(to headers: inout HTTPFields) {
        headers[.contentSecurityPolicy] = policy
        headers[.xContentTypeOptions] = "nosniff"
        headers[named("x-frame-options")] = "DENY"
        // Not "no-referrer": with that, browsers send forms with the origin "null", which nobody can tell from a foreign one.
        headers[named("referrer-policy")] = "same-origin"
        headers[named("cross-origin-opener-policy")] = "same-origin"
        headers[named("cross-origin-resource-policy")] = "same-origin"
        headers[named("permissions-policy")] = "camera=(), geolocation=(), microphone=()"
        // Payloads are nobody's but the reader's.
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }

    /// Styles and scripts come from their files and nowhere else; nothing else is loaded, and nothing may frame a page.
    private static let policy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name).unsafelyNamed }
}
