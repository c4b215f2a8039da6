internal import AloftClient
internal import ArgumentParser

/// `aloft doctor`: the checks of connecting and the audit of all instances.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks that nothing is lost: the settings of Redis, and every instance, queue and timer.",
        discussion: """
            Reads in small steps; the fleet may be at work. Workers do the same every few minutes and repair what they find, \
            so a finding that stays is worth a look.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(help: "Queue again what was lost, and remove what was left behind.")
    var repair = false

    @Flag(help: "One JSON document instead of lines.")
    var json = false

    func run() async throws {
        try await store.withStore { store in
            let report = try await WorkflowClient(store: store).audit(repair: repair).report()
            if json {
                try Console.say(json: DoctorReport(report))
            } else {
                for finding in report.findings { Console.say("\(finding)") }
                Console.say(summary(of: report))
            }
            if report.findings.count > report.repaired { throw ExitCode.findings }
        }
    }

    private func summary(of report: AuditReport) -> String {
        let instances = "\(report.instances) instance\(report.instances == 1 ? "" : "s")"
        guard !report.findings.isEmpty else { return "Looked at \(instances); all is well." }
        let findings = "\(report.findings.count) finding\(report.findings.count == 1 ? "" : "s")"
        let advice = repair || report.repaired == report.findings.count ? "" : "; repair what can be with --repair"
        return "Looked at \(instances): \(findings), \(report.repaired) repaired\(advice)."
    }
}

/// What `aloft doctor --json` prints.
struct DoctorReport: Encodable {
    struct Finding: Encodable {
        let kind: String
        let instance: String?
        let text: String
        let isRepaired: Bool
    }

    let instances: Int
    let findings: [Finding]

    init(_ report: AuditReport) {
        instances = report.instances
        findings = report.findings.map {
            Finding(kind: $0.kind.rawValue, instance: $0.instance?.rawValue, text: $0.text, isRepaired: $0.isRepaired)
        }
    }
}
