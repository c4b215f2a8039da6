import ChaosKit
import Testing

@Suite struct ReportTests {
    private func report(_ verdict: Verdict, findings: Int = 0) -> ChaosReport {
        ChaosReport(seed: 3, verdict: verdict, workerKills: 4, redisKills: 2, auditFindings: findings, seconds: 60)
    }

    @Test func theLineHasTheNamesThatAreAgreed() {
        #expect(
            report(Verdict()).line
                == #"{"seed":3,"started":0,"finished":0,"lost":0,"wrong":0,"duplicated_outcomes":0,"activity_reruns":0,"#
                + #""worker_kills":4,"redis_kills":2,"audit_findings":0,"seconds":60}"#
        )
    }

    @Test func findingsAndLossesAreNoGood() {
        #expect(report(Verdict()).isGood)
        #expect(!report(Verdict(), findings: 1).isGood)
        let job = Job(kind: .doomed, id: "a", size: 1, value: 1)
        let lost = Checker(acknowledged: [job], observations: [:], outcomes: [:], effects: []).verdict()
        #expect(!report(lost).isGood)
    }
}
