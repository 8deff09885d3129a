-- id: atomic_sleep
-- title: a task slept where it must not
-- cause: assertion
-- severity: critical
-- confidence: 0.95
-- advice: Look at its callers for what forbids it: a spinlock that is held, or preemption, softirqs or interrupts that are off.
-- see: kernel/sched/core.c
-- see: Documentation/kernel-hacking/locking.rst
SELECT
	'the log says: ' || message AS because,
	'scheduling while atomic' || culprit_place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'warn' AND message LIKE 'BUG: scheduling while atomic%';
