internal import AloftClient
internal import AloftInsight
internal import ArgumentParser

/// `aloft doctor`: the checks of connecting and the audit of all instances.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks that nothing is lost: the settings of Redis, and every instance, queue and timer.",
        discussion: """
            Reads in small steps; the fleet may be at work. Workers do the same every few minutes and repair what they find, \
            so a finding that stays is worth a look. Ends with 1 if there is one.
            """
    )

    @Flag(help: "Queue again what was lost, and remove what was left behind.")
    var repair = false

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession(isExamining: true) { session in
            let report = try await session.client.audit(repair: repair).report()
            if output.json {
                try Console.say("audit", json: DoctorReport(report))
            } else {
                for finding in report.findings { Console.say("\(finding)") }
                Console.say(summary(of: report))
            }
            if report.findings.count > report.repaired { throw ExitCode.notWell }
        }
    }

    private func summary(of report: AuditReport) -> Styled {
        let instances = Quantity.count(report.instances, "instance")
        guard !report.findings.isEmpty else { return "Looked at \(instances); all is well." }
        let findings = Quantity.count(report.findings.count, "finding")
        let advice = repair || report.repaired == report.findings.count ? "" : "; repair what can be with --repair"
        return "Looked at \(instances): \(findings), \(report.repaired) repaired\(advice)."
    }
}

/// What `aloft doctor --json` prints.
struct DoctorReport: Codable {
    struct Finding: Codable {
        var kind: String
        var instance: String?
        var text: String
        var isRepaired: Bool
    }

    var instances: Int
    var findings: [Finding]

    init(_ report: AuditReport) {
        instances = report.instances
        findings = report.findings.map {
            Finding(kind: $0.kind.rawValue, instance: $0.instance?.rawValue, text: $0.text, isRepaired: $0.isRepaired)
        }
    }
}
