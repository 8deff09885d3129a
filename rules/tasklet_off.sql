-- id: tasklet_off
-- title: a task waits for a tasklet that is due and disabled
-- cause: hang
-- severity: critical
-- confidence: 0.9
-- advice: Look for tasklet_disable() without tasklet_enable(): what ends a tasklet has to enable it before, or not to let it be scheduled any more.
-- rules-out: ksoftirqd, which is busy with it: it comes upon the tasklet again in each round.
-- see: include/linux/interrupt.h
-- see: kernel/softirq.c
SELECT
	t.headline AS because,
	'tasklet ' || t.name || ' is due and disabled; ' || t.waiter || ' waits in tasklet_kill() for it' AS headline,
	min(t.confidence, c.confidence) AS confidence, t.finding, c.finding AS finding2
FROM tasklet t JOIN crash c ON c.dump = t.dump
WHERE t.dump = :dump AND c.kind IN ('sysrq', 'hung_task', 'nmi', 'rcu_stall', 'soft_lockup');
