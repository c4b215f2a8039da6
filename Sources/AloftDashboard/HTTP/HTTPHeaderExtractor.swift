internal import HTTPTypes
import Tracing

/// Hands tracers the headers of a request.
struct HTTPHeaderExtractor: Extractor {
    func extract(key: String, from carrier: HTTPFields) -> String? { HTTPField.Name(key).flatMap { carrier[$0] } }
}
