package import Aloft

/// What an activity returns, with the attempt at which it succeeded.
package struct Attempted<Value: Sendable & Codable>: Sendable, Codable {
    package var value: Value
    package var attempt: Int

    package init(_ value: Value, _ context: ActivityContext) {
        self.value = value
        attempt = context.attempt
    }

    /// How often it failed before.
    package var retries: Int { attempt - 1 }
}

/// For activities that have nothing to say.
package struct Done: Sendable, Codable {}
