import AloftCore
import AloftInsight

/// Parents above, sub-workflows below.
struct FamilyModel {
    struct Member {
        var memberID: String
        var memberLink: String
        var memberWorkflow: String
        var pill: PillModel
        /// Those below it, with ``hasChildren`` for the template.
        var children: [Member] = []
        var hasChildren = false
        /// Whether there may be more below it.
        var isCut = false
    }

    /// The farthest first.
    var ancestors: [Member]
    var children: [Member]
    var selfID: String
    var selfWorkflow: String
    var selfPill: PillModel
    var hasChildren: Bool

    init(_ instance: InstanceView, _ ancestors: [InstanceView], _ children: [FamilyTree.Node], base: String) {
        self.ancestors = ancestors.reversed().map {
            Member(
                memberID: $0.id,
                memberLink: Link.instance($0.id, base: base),
                memberWorkflow: $0.workflow,
                pill: PillModel($0)
            )
        }
        self.children = children.map { Member($0, base: base) }
        selfID = instance.id
        selfWorkflow = instance.workflow
        selfPill = PillModel(instance)
        hasChildren = !children.isEmpty
    }
}

extension FamilyModel.Member {
    init(_ node: FamilyTree.Node, base: String) {
        let child = node.child
        memberID = child.id
        memberLink = Link.instance(child.id, base: base)
        memberWorkflow = child.workflow
        pill = node.view.map { PillModel($0) } ?? PillModel(status: child.outcome == .waiting ? "starting" : "gone")
        children = node.children.map { Self($0, base: base) }
        hasChildren = !children.isEmpty
        isCut = node.isCut
    }
}
