/// Every metric of Aloft. The table in `Observability.md`, the board and the alert rules in `deploy` are checked against it.
package enum MetricCatalogue {
    // MARK: Queues, as the store sees them

    package static let queueTasks = MetricDescription(
        "aloft_queue_tasks",
        .gauge,
        "tasks",
        [.queue, .kind],
        "Tasks that no worker has taken."
    )
    package static let queueOldestTaskAge = MetricDescription(
        "aloft_queue_oldest_task_age_seconds",
        .gauge,
        "seconds",
        [.queue, .kind],
        "For how long the oldest of them has waited."
    )
    package static let queueWorkers = MetricDescription(
        "aloft_queue_workers",
        .gauge,
        "workers",
        [.queue],
        "Live workers that serve the queue."
    )

    // MARK: Tasks

    package static let taskWait = MetricDescription(
        "aloft_task_wait_seconds",
        .histogram,
        "seconds",
        [.queue, .kind],
        "From when a task was queued until its worker began with it; of a workflow task, until its code was in memory."
    )
    package static let activityScheduleToStart = MetricDescription(
        "aloft_activity_schedule_to_start_seconds",
        .histogram,
        "seconds",
        [.activity],
        "From when an activity was scheduled, or handed back untried, until its first attempt began."
    )
    package static let activityDuration = MetricDescription(
        "aloft_activity_duration_seconds",
        .histogram,
        "seconds",
        [.activity],
        "How long attempts ran."
    )
    package static let activityAttempts = MetricDescription(
        "aloft_activity_attempts_total",
        .counter,
        "attempts",
        [.activity, .outcome],
        "Attempts that ended: completed, failed for good, retried, or abandoned by a worker that stops; and activities that were lost: each attempt killed its worker, or no worker knows their type."
    )
    package static let activityFailures = MetricDescription(
        "aloft_activity_failures_total",
        .counter,
        "attempts",
        [.activity, .error],
        "Attempts that failed, and activities that were lost, by type of error."
    )
    package static let workflowTaskDuration = MetricDescription(
        "aloft_workflow_task_duration_seconds",
        .histogram,
        "seconds",
        [.workflow],
        "How long it took to run workflow code for its inputs and to commit what it decided."
    )
    package static let workflowTaskProblems = MetricDescription(
        "aloft_workflow_task_problems_total",
        .counter,
        "tasks",
        [.workflow, .cause],
        "Workflow tasks that failed and are tried again: the code, the history or the fleet needs a look."
    )

    // MARK: Executions

    package static let executions = MetricDescription(
        "aloft_workflow_executions_total",
        .counter,
        "executions",
        [.workflow, .status],
        "Executions whose code ended: completed, failed, cancelled, or continued as new."
    )
    package static let workflowFailures = MetricDescription(
        "aloft_workflow_failures_total",
        .counter,
        "executions",
        [.workflow, .error],
        "Executions that failed, by type of error."
    )
    package static let workflowDuration = MetricDescription(
        "aloft_workflow_duration_seconds",
        .histogram,
        "seconds",
        [.workflow],
        "From the start of an execution to its end."
    )
    package static let historyEvents = MetricDescription(
        "aloft_history_events",
        .histogram,
        "events",
        [.workflow],
        "The length of histories at their end."
    )
    package static let payloadBytes = MetricDescription(
        "aloft_payload_bytes",
        .histogram,
        "bytes",
        [.kind],
        "The size of payloads, encoded."
    )

    // MARK: Memory

    package static let residentExecutions = MetricDescription(
        "aloft_resident_executions",
        .gauge,
        "executions",
        "Executions in the memory of the worker, at rest between two tasks."
    )
    package static let evictions = MetricDescription(
        "aloft_evictions_total",
        .counter,
        "executions",
        [.reason],
        "Executions that left memory before their end: full, conflict, problem or stop."
    )
    package static let replays = MetricDescription(
        "aloft_replays_total",
        .counter,
        "replays",
        [.workflow],
        "Executions that were rebuilt from their history."
    )
    package static let replayEvents = MetricDescription(
        "aloft_replay_events",
        .histogram,
        "events",
        [.workflow],
        "How many events a replay went through."
    )

    // MARK: The store

    package static let commits = MetricDescription(
        "aloft_commits_total",
        .counter,
        "transitions",
        "Transitions that were committed."
    )
    package static let commitConflicts = MetricDescription(
        "aloft_commit_conflicts_total",
        .counter,
        "transitions",
        "Transitions that the store refused, since somebody else had moved the instance."
    )
    package static let commitDuration = MetricDescription(
        "aloft_commit_duration_seconds",
        .histogram,
        "seconds",
        "How long a commit took, with all tries."
    )
    package static let timerLateness = MetricDescription(
        "aloft_timer_lateness_seconds",
        .histogram,
        "seconds",
        "How long after its moment a timer fired."
    )
    package static let dueLateness = MetricDescription(
        "aloft_due_lateness_seconds",
        .histogram,
        "seconds",
        "How late a worker was that carried out what was due, timers, retries, delayed starts and time limits: by what had been due for longest."
    )
    package static let dueFired = MetricDescription(
        "aloft_due_fired_total",
        .counter,
        "moments",
        "Timers, retries, delayed starts and time limits whose moment had come."
    )
    package static let deadWorkers = MetricDescription(
        "aloft_dead_workers_total",
        .counter,
        "workers",
        "Workers found dead whose work was taken over."
    )
    package static let takenOver = MetricDescription(
        "aloft_taken_over_total",
        .counter,
        "units",
        "Tasks, leases and residencies taken from dead workers."
    )
    package static let quarantined = MetricDescription(
        "aloft_quarantined_total",
        .counter,
        "instances",
        "Instances that were quarantined, since their code kills workers."
    )

    package static let quarantinedInstances = MetricDescription(
        "aloft_quarantined_instances",
        .gauge,
        "instances",
        "Instances that are quarantined, and wait for somebody to release them."
    )

    // MARK: The worker

    package static let slots = MetricDescription(
        "aloft_worker_slots",
        .gauge,
        "tasks",
        [.kind],
        "How many tasks the worker may have in hand."
    )
    package static let slotsUsed = MetricDescription(
        "aloft_worker_slots_used",
        .gauge,
        "tasks",
        [.kind],
        "How many it has."
    )

    // MARK: Redis

    package static let redisRoundTrips = MetricDescription(
        "aloft_redis_round_trips_total",
        .counter,
        "requests",
        "Requests to Redis that were answered; what one caller sends together is one."
    )
    package static let redisErrors = MetricDescription(
        "aloft_redis_errors_total",
        .counter,
        "requests",
        [.error],
        "Requests that failed: by the first word of Redis' error, or by what the client calls it."
    )
    package static let redisCallDuration = MetricDescription(
        "aloft_redis_call_duration_seconds",
        .histogram,
        "seconds",
        "How long a call of a script took, with the wait for its durability, and without repetitions."
    )
    package static let redisReconnects = MetricDescription(
        "aloft_redis_reconnects_total",
        .counter,
        "connections",
        "Connections that were made again after one was lost."
    )

    // MARK: The export

    package static let refusedSeries = MetricDescription(
        "aloft_metrics_refused_series_total",
        .counter,
        "series",
        "Series that the Prometheus export did not keep, since there were too many."
    )

    package static let all = [
        queueTasks, queueOldestTaskAge, queueWorkers,
        taskWait, activityScheduleToStart, activityDuration, activityAttempts, activityFailures, workflowTaskDuration,
        workflowTaskProblems,
        executions, workflowFailures, workflowDuration, historyEvents, payloadBytes,
        residentExecutions, evictions, replays, replayEvents,
        commits, commitConflicts, commitDuration, timerLateness, dueLateness, dueFired,
        deadWorkers, takenOver, quarantined, quarantinedInstances,
        slots, slotsUsed,
        redisRoundTrips, redisErrors, redisCallDuration, redisReconnects,
        refusedSeries,
    ]
}
