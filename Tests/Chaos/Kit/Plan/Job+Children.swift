extension Job {
    /// The jobs of the sub-workflows of a family.
    package var children: [Job] {
        (0..<size).map { number in
            var child = Job(
                kind: number == size - 1 ? .failing : .chain,
                id: "\(id).\(number)",
                size: 1 + (value + number) % 3,
                value: Sum.mix(value, number),
                flakiness: flakiness,
                retention: retention
            )
            // Sub-workflows of sub-workflows, too.
            if number == 0, size > 5 {
                child.kind = .family
                child.size = 2
            }
            return child
        }
    }

    /// The job of the sub-workflow of a pair.
    package var partner: Job {
        Job(kind: .echo, id: "\(id).echo", size: size, value: value, retention: retention)
    }
}
