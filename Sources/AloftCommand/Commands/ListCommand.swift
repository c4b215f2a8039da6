internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists instances, newest first, with what they wait for.",
        aliases: ["ls"]
    )

    @OptionGroup(title: "Which") var which: FilterOptions

    @Option(help: "How many at most.")
    var limit = 50

    @Option(help: ArgumentHelp("Where a list before ended, as its end tells.", valueName: "place"))
    var cursor: String?

    @Flag(help: "Ids alone, one a line, for other programs.")
    var ids = false

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit has to be above zero") }
        guard cursor == nil || cursor.flatMap(PageCursor.cursor) != nil else {
            throw ValidationError("--cursor takes what the end of a list told")
        }
    }

    func run() async throws {
        try await store.withSession { session in
            let list = try await session.list(
                matching: which.filter(now: session.store.now),
                after: cursor.flatMap(PageCursor.cursor),
                limit: limit
            )
            if output.json { return try Console.say("instances", json: list) }
            if ids { return Console.say(list.instances.map { Styled($0.id) }) }
            guard !list.instances.isEmpty || list.next != nil else {
                return Console.say(which.isEmpty ? "There are no instances." : "No instance matches.")
            }
            let terminal = Terminal.output
            Console.say(InstanceText.list(list.instances, now: session.store.now, terminal), to: terminal)
            Console.say(try await end(list, session))
        }
    }

    private func end(_ list: InstanceListView, _ session: Session) async throws -> Styled {
        guard let next = list.next else {
            return Styled(Quantity.count(list.instances.count, "instance") + ".", .faint)
        }
        let all = try await session.insight.counts()
        let rest = which.isEmpty ? " of \(Quantity.count(all.total))" : ""
        let more = "\(Quantity.count(list.instances.count))\(rest), newest first; go on with --cursor '\(next)'"
        return Styled(list.isPartial ? "\(more), further back" : more, .faint)
    }
}

extension Session {
    /// As many instances as are wanted, over as many pages as it takes.
    func list(matching filter: InstanceFilter, after cursor: InstanceCursor?, limit: Int) async throws
        -> InstanceListView
    {
        var list = InstanceListView(instances: [], next: nil)
        var cursor = cursor
        repeat {
            let page = try await insight.instances(
                matching: filter,
                after: cursor,
                limit: min(500, limit - list.instances.count)
            )
            list.instances += page.instances
            list.next = page.next
            list.isPartial = page.isPartial
            cursor = page.next.flatMap(PageCursor.cursor)
        } while cursor != nil && list.instances.count < limit
        list.isPartial = list.isPartial && list.instances.count < limit
        return list
    }
}
