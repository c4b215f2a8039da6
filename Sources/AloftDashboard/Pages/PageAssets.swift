internal import Crypto
internal import Foundation
internal import HTTPTypes

/// The files that pages need, embedded in the program.
enum PageAssets {
    private static let files: [String: (type: String, bytes: [UInt8])] = [
        "app.css": ("text/css; charset=utf-8", PackageResources.app_css),
        "app.js": ("text/javascript; charset=utf-8", PackageResources.app_js),
        "mark.svg": ("image/svg+xml", PackageResources.mark_svg),
    ]

    /// Changes whenever a file does, so that browsers may keep what they have.
    static let version: String = {
        var hash = SHA256()
        for name in files.keys.sorted() { hash.update(data: Data(files[name]?.bytes ?? [])) }
        return hash.finalize().prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }()

    static func response(_ name: String) throws -> DashboardResponse {
        guard let file = files[name] else { throw HTTPProblem.notFound }
        var response = DashboardResponse(type: file.type, file.bytes)
        response.headers[.cacheControl] = "public, max-age=31536000, immutable"
        return response
    }
}
