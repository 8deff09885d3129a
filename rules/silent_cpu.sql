-- id: silent_cpu
-- title: a CPU that does not answer, and those that wait for it
-- cause: lockup
-- severity: critical
-- confidence: 0.95
-- advice: Look at what the named CPU runs, and for what it keeps interrupts or preemption off; whoever waits for it, or noticed, is not to blame.
SELECT
	why AS because, brief AS headline, confidence, finding
FROM silent_cpu
WHERE dump = :dump AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
	AND c.kind IN ('soft_lockup', 'hard_lockup', 'rcu_stall', 'hung_task', 'nmi', 'sysrq', 'csd_stall',
		'workqueue_lockup'));
