internal import AloftCore
internal import Logging

// How a worker ends.
extension WorkerSession {
    /// How long a worker that has left waits for activities that it cancelled.
    private static let unwinding = Duration.seconds(1)
    /// How soon it hands back what comes to rest while it waits for activities.
    private static let handBackPause = Duration.milliseconds(50)
    /// The longest pause between two looks for what it was handed out and did not see.
    private static let longestPause = Duration.seconds(2)

    /// Takes nothing new, lets what runs come to an end within the grace period, and hands the rest back.
    func stop(_ loops: Task<Void, Never>, isGraceful: Bool) async {
        environment.health.enter(.draining)
        environment.logger.info(
            "worker is stopping",
            metadata: ["aloft.activities": "\(activities.tracker.count)", "aloft.is_graceful": "\(isGraceful)"]
        )
        takeNothingNew()
        loops.cancel()
        await loops.value
        let clock = environment.store.clock
        let grace = Task {
            guard isGraceful else { return }
            await activities.tracker.waitUntilIdle(for: environment.options.gracePeriod, on: clock)
        }
        let lease = Task {
            guard (try? await environment.leaseEnd.wait()) != nil else { return }
            // What it holds belongs to others by now: there is nothing to wait for.
            environment.declareOver()
            activities.giveUp(.leaseLost)
            grace.cancel()
        }
        // Handing back must also work in a task that was cancelled.
        let handingBack = Task {
            // Nobody reads this worker's own stream any more: what is resident goes to the queues at once, and outcomes of
            // activities that still run go through the inbox.
            driver.evictAll()
            let meanwhile = Task { await handBackWhatComes() }
            await grace.value
            activities.giveUp(.workerStops)
            await driver.tracker.waitUntilIdle(for: environment.options.gracePeriod, on: clock)
            meanwhile.cancel()
            await meanwhile.value
            do throws(StoreError) {
                try await environment.store.leave(environment.registration)
            } catch {
                environment.logger.warning(
                    "could not hand work back; others take it over when the lease has run out",
                    metadata: [LogKey.error: "\(error)"]
                )
            }
            // Others have it all by now. As a rule the process ends next, and what was cancelled may have something to put away.
            await activities.tracker.waitUntilIdle(for: Self.unwinding, on: ContinuousClock())
        }
        await withTaskCancellationHandler {
            await handingBack.value
        } onCancel: {
            // Somebody is in a hurry.
            grace.cancel()
        }
        lease.cancel()
        environment.declareOver()
        driver.evictAll()
        environment.logger.info("worker stopped")
    }

    /// Hands back, until it is cancelled, what is still this worker's without anybody here moving it: executions whose last step
    /// ended after the others were unloaded, and tasks whose read was given up when the store had them handed out.
    private func handBackWhatComes() async {
        let clock = environment.store.clock
        await withTaskGroup { group in
            group.addTask {
                repeat {
                    await self.driver.flushReleases()
                } while (try? await clock.sleep(for: Self.handBackPause)) != nil
            }
            group.addTask {
                // Again and again, since a read that was given up may still be on its way.
                var pause = Self.handBackPause
                repeat {
                    await self.handBackUnseen()
                    pause = min(pause * 2, Self.longestPause)
                } while (try? await clock.sleep(for: pause)) != nil
            }
        }
    }

    private func handBackUnseen() async {
        do throws(StoreError) {
            try await environment.store.handBackUnseen(environment.registration)
        } catch {
            // Leaving does it in the end.
            environment.logger.debug("could not hand back unseen tasks", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Drops everything: it belongs to others by now.
    func abandon(_ loops: Task<Void, Never>) async {
        environment.declareOver()
        takeNothingNew()
        loops.cancel()
        activities.giveUp(.leaseLost)
        await loops.value
        // Also in a task that was cancelled: nothing may be evicted that still runs.
        await Task {
            await driver.tracker.waitUntilIdle(for: environment.options.gracePeriod, on: environment.store.clock)
        }.value
        driver.evictAll()
    }

    private func takeNothingNew() {
        environment.workflowSlots.close()
        environment.activitySlots.close()
        environment.workflowTrials.close()
        environment.activityTrials.close()
    }
}
