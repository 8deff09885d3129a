-- id: deadlock
-- title: tasks that wait for each other
-- cause: deadlock
-- severity: critical
-- confidence: 0.98
-- advice: triage show --locks has the locks, who holds each and who waits for it.
-- see: Documentation/locking/lockdep-design.rst
-- see: Documentation/locking/rt-mutex-design.rst
SELECT
	CASE WHEN brief LIKE '%the end of its own %' THEN 'the task waits for the end of a call that it is in itself' ELSE
	iif(brief LIKE '%of 1 task %' OR brief LIKE 'self-deadlock:%', 'the task waits for a lock that it holds itself',
		iif(brief LIKE '%CPU %''s answer%', 'each of these CPUs waits for what the next one is to do or holds, and the last waits for the first',
		'each of these tasks waits for a lock that the next one holds, and the last waits for the first')) END ||
		iif(confidence < 1, '; who holds one of the locks, or more, is inferred', '') AS because,
	brief AS headline,
	CASE WHEN brief LIKE 'self-deadlock:%'
		THEN 'The task takes for read a lock that it has for read already: take it once, for a writer may queue in between.'
		WHEN brief LIKE '%the end of its own %'
		THEN 'Nobody may wait for the end of what he is in: leave that to a work item, or use the form made for it (sysfs_remove_file_self()).'
		WHEN brief LIKE 'deadlock: %() waits for %queue %' OR brief LIKE 'deadlock: % wait for each other''s queues'
		THEN 'No work item may flush a queue whose items flush its own: let one of them end first, and be queued anew.'
		WHEN brief LIKE 'deadlock of 1 task %'
		THEN 'The task takes a lock that it holds already: see which of its callers took it first.'
		WHEN brief LIKE '%CPU %''s answer%'
		THEN 'Nobody may wait for another CPU (smp_call_function*(), a TLB flush) with interrupts off, or with a lock that others want with them off.'
		WHEN brief LIKE '%RCU grace period%'
		THEN 'One waits for the end of all RCU readers with a lock in hand that a reader takes: no reader may sleep for it, or give the lock back before synchronize_rcu().'
		WHEN brief LIKE '%timer function %' OR brief LIKE '%tasklet %' OR brief LIKE '%irq_work function %' OR brief LIKE '%work item %'
		THEN 'One waits for the end of what needs the lock that it holds: let it stop that before it takes the lock, or after it gave it back.'
		ELSE 'The order in which these tasks take the locks is the bug: let all of them take the locks in one order.'
		END || iif(confidence < 1, char(10) ||
		'Who holds a lock is inferred in part: check the stacks of the tasks marked so before acting on it.', '')
		AS advice,
	-- That CPUs have been stuck in it for seconds speaks for who holds what, too. Of one task, that it waits for what it has
	-- itself says no other than the word that names it.
	max(confidence, iif(confidence >= 0.5 AND EXISTS (SELECT 1 FROM crash c WHERE c.dump = :dump
		AND c.kind IN ('soft_lockup', 'hard_lockup', 'rcu_stall', 'csd_stall')), 0.85,
		iif(brief LIKE 'deadlock of 1 task %' AND confidence <= 0.5, 0, 0.65))) AS confidence, finding
FROM waits
WHERE dump = :dump AND cycles > 0 AND confidence >= 0.3;
