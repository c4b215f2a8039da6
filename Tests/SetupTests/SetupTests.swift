import Foundation
import Testing

/// `deploy/setup.sh` on machines of all kinds, each made of a few stand-ins for the commands that it calls.
@Suite struct SetupTests {
    @Test func nothingToDoSaysAndDoesNothing() throws {
        let machine = try Machine()
        try machine.addHeaders()
        for name in ["swift", "redis-server", "pkg-config", "apt-get", "sudo"] { try machine.addCommand(name) }
        let run = try machine.run()
        #expect(run == Machine.Run(status: 0, text: "", calls: []))
    }

    @Test func installsOnlyWhatIsMissing() throws {
        let machine = try Machine()
        try machine.addHeader("zlib.h")
        for name in ["swift", "pkg-config", "apt-get", "apt-cache"] { try machine.addCommand(name) }
        try machine.addCommand("id", "echo 0")
        let run = try machine.run()
        #expect(run.status == 0)
        #expect(
            run.calls.filter { $0.hasPrefix("apt-get") } == [
                "apt-get install --yes --quiet --no-install-recommends libhiredis-dev redis-server [noninteractive]"
            ]
        )
        #expect(run.text.contains("installing with apt-get: libhiredis-dev redis-server"))
        #expect(run.text.contains("neither uses nor changes it"))
    }

    @Test func aMachineWithoutListsFetchesThemFirst() throws {
        let machine = try Machine()
        for name in ["swift", "apt-get"] { try machine.addCommand(name) }
        try machine.addCommand("apt-cache", "exit 100")
        try machine.addCommand("id", "echo 0")
        let run = try machine.run()
        #expect(run.status == 0)
        #expect(
            run.calls.filter { $0.hasPrefix("apt-get") } == [
                "apt-get update --quiet [noninteractive]",
                "apt-get install --yes --quiet --no-install-recommends libhiredis-dev zlib1g-dev redis-server pkg-config "
                    + "[noninteractive]",
            ]
        )
    }

    @Test func listsThatAreTooOldAreFetchedAgain() throws {
        let machine = try Machine()
        for name in ["swift", "apt-cache"] { try machine.addCommand(name) }
        try machine.addCommand("id", "echo 0")
        // Fails until the lists are new.
        try machine.addCommand(
            "apt-get",
            """
            [ "$1" = update ] && touch "$MACHINE/updated"
            [ "$1" != install ] || [ -e "$MACHINE/updated" ]
            """
        )
        let run = try machine.run()
        #expect(run.status == 0)
        #expect(run.calls.filter { $0.hasPrefix("apt-get") }.count == 3)
    }

    @Test func usersInstallBySudo() throws {
        let machine = try Machine()
        for name in ["swift", "apt-get", "apt-cache"] { try machine.addCommand(name) }
        try machine.addCommand("id", "echo 1000")
        try machine.addCommand("sudo", "exec \"$@\"")
        let run = try machine.run()
        #expect(run.status == 0)
        #expect(run.calls.contains { $0.hasPrefix("sudo env DEBIAN_FRONTEND=noninteractive apt-get install") })
    }

    @Test func usersWithoutSudoAreToldWhatToAskFor() throws {
        let machine = try Machine()
        for name in ["swift", "apt-get", "apt-cache"] { try machine.addCommand(name) }
        try machine.addCommand("id", "echo 1000")
        let run = try machine.run()
        #expect(run.status == 1)
        #expect(run.text.contains("apt-get install libhiredis-dev zlib1g-dev redis-server pkg-config"))
        #expect(!run.calls.contains { $0.hasPrefix("apt-get") })
    }

    @Test func aFailureOfAptIsAFailure() throws {
        let machine = try Machine()
        for name in ["swift", "apt-cache"] { try machine.addCommand(name) }
        try machine.addCommand("id", "echo 0")
        try machine.addCommand("apt-get", "exit 100")
        #expect(try machine.run().status != 0)
    }

    @Test func otherSystemsAreToldWhatIsMissing() throws {
        let machine = try Machine()
        try machine.addCommand("swift")
        let linux = try machine.run()
        #expect(linux.status == 1)
        #expect(linux.text.contains("no apt-get here"))
        try machine.addCommand("uname", "echo Darwin")
        let mac = try machine.run()
        #expect(mac.status == 1)
        #expect(mac.text.contains("brew install hiredis redis pkgconf"))
        #expect(!mac.text.contains("zlib"))
    }

    @Test func swiftItselfIsNotInstalled() throws {
        let machine = try Machine()
        try machine.addHeaders()
        for name in ["redis-server", "pkg-config"] { try machine.addCommand(name) }
        let run = try machine.run()
        #expect(run.status == 1)
        #expect(run.text.contains("https://www.swift.org/install"))
    }
}
