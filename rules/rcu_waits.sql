-- id: rcu_waits
-- title: a grace period of RCU waits for a reader, or for RCU's own thread
-- cause: lockup
-- severity: critical
-- confidence: 0.97
-- rules-out: The CPU that noticed, and one that is idle.
-- see: Documentation/RCU/stallwarn.rst
-- see: kernel/rcu/tree.c
SELECT
	'Whoever has the CPU that the ' || iif(s.kind = 'rcu_reader', 'reader', 'thread') ||
			' waits for keeps RCU from going on: look at what it does.' || iif(s.kind = 'rcu_reader', char(10) ||
			'A reader that sleeps inside its critical section is a bug of its own.', '') AS advice,
	s.headline AS because,
	iif(c.kind = 'rcu_stall', 'RCU stall: ', '') || s.brief AS headline,
	s.confidence * CASE WHEN c.kind = 'rcu_stall' THEN 1.0 ELSE 0.75 END AS confidence, s.finding
FROM stuck s JOIN crash c ON c.dump = s.dump
WHERE s.dump = :dump AND s.kind IN ('rcu_reader', 'rcu_thread')
	AND c.kind IN ('rcu_stall', 'sysrq', 'nmi', 'hung_task', 'workqueue_lockup', 'unknown')
	-- Whoever keeps interrupts off keeps everybody from that CPU.
	AND NOT (s.kind = 'rcu_thread' AND EXISTS (SELECT 1 FROM silent_cpu x
		WHERE x.dump = :dump AND x.interrupts_off AND x.cpu = s.cpu))
	-- Who has the thread's CPU and waits for another CPU or a lock himself is no cause.
	AND NOT (s.kind = 'rcu_thread' AND EXISTS (SELECT 1 FROM waiter w
		WHERE w.dump = :dump AND instr(s.brief, '; ' || w.comm || '/' || w.pid || ' ')))
ORDER BY s.kind LIMIT 1;
