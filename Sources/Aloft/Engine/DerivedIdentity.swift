internal import AloftCore

// Ids that follow from what is recorded, so that every replay arrives at the same. They are as long and as varied as random
// ones, however deep they nest.
extension ExecutionID {
    /// The execution that follows this one when it continues as new.
    var continuation: ExecutionID { ExecutionID(derivedFrom: "continuation/\(self)") }

    /// The first execution of the sub-workflow that a command of this one starts.
    func subWorkflow(_ command: CommandID) -> ExecutionID {
        ExecutionID(derivedFrom: "sub-workflow/\(self)/\(command)")
    }

    /// 110 bits, from two generators since one has but 64. The salt is in front: two texts that meet under one go different
    /// ways under the other.
    private init(derivedFrom text: String) {
        var first = SeededGenerator(seed: "1/\(text)")
        var second = SeededGenerator(seed: "2/\(text)")
        var isFirst = false
        self.init(
            rawValue: RandomName.make(characters: 22) {
                isFirst.toggle()
                return isFirst ? first.next() : second.next()
            }
        )
    }
}
