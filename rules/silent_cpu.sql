-- id: silent_cpu
-- title: a CPU that does not answer, and those that wait for it
-- cause: lockup
-- severity: critical
-- confidence: 0.95
-- advice: The CPU that noticed only waits: look at what the silent one runs, and for what it keeps interrupts or preemption off.
-- rules-out: The task on the CPU that panicked: it waits like the others.
SELECT
	why AS because, headline, confidence, finding
FROM silent_cpu
WHERE dump = :dump AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
	AND c.kind IN ('soft_lockup', 'hard_lockup', 'rcu_stall', 'hung_task', 'nmi', 'sysrq', 'csd_stall',
		'workqueue_lockup'));
