internal import AloftClient
internal import Foundation

extension Session {
    /// Does something and notes it in the store, also if it fails, for whoever asks who did that.
    func noting<Answer>(
        _ action: String,
        _ subject: String,
        isAboutOne: Bool = true,
        reason: String? = nil,
        outcome: (Answer) -> (text: String, isFailure: Bool) = { _ in ("done", false) },
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        var note = OperatorAction(
            moment: store.now,
            who: NSUserName(),
            from: ProcessInfo.processInfo.hostName,
            action: action,
            subject: subject,
            isAboutOne: isAboutOne,
            reason: reason
        )
        do {
            let answer = try await body()
            (note.outcome, note.isFailure) = outcome(answer)
            await keep(note)
            return answer
        } catch {
            note.outcome = Refusal(error).message
            note.isFailure = true
            await keep(note)
            throw error
        }
    }

    private func keep(_ note: OperatorAction) async {
        guard let log = store as? any OperatorLog else { return }
        do throws(StoreError) {
            try await log.note(note)
        } catch {
            Console.complain("what was done could not be noted: \(error.message)")
        }
    }
}
