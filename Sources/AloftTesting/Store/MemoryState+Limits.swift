internal import AloftCore

extension MemoryState {
    /// - Throws: `StoreError` with code `payloadTooLarge`.
    func check(_ event: EventBody, of instance: InstanceID) throws(StoreError) {
        let bytes = event.largestPayload
        guard bytes <= limits.payloadBytes else {
            throw StoreError(
                .payloadTooLarge,
                "a payload for instance \"\(instance)\" has \(bytes) bytes, at most \(limits.payloadBytes) are allowed; "
                    + "store large values elsewhere and pass a reference"
            )
        }
    }
}
