-- id: queue_gone
-- title: work was queued on a workqueue that is no more
-- cause: use_after_free
-- severity: critical
-- confidence: 0.9
-- advice: Look for who calls destroy_workqueue() while timers, interrupts or other tasks may still queue work: stop them first.
-- rules-out: The spinlock: it is that of the pool that the workqueue no longer leads to.
-- see: kernel/workqueue.c
-- see: Documentation/core-api/workqueue.rst
SELECT
	'__queue_work() goes from the workqueue to its pool, and takes its lock; it was led to ' || coalesce(pointer, fault_address, 'no pool') ||
		', as by no workqueue in use' || coalesce('; at hand is ' || object || ', ' || owner, '') AS because,
	'workqueue ' || coalesce(object || ' ', '') || 'is gone: work was queued' || by AS headline,
	confidence, finding
FROM (SELECT c.confidence, c.finding, c.pointer, c.fault_address, coalesce(c.culprit_code, '') AS by, o.value AS object,
	coalesce(o.cache || ' memory that is ' || iif(o.state = 'free', 'free', 'somebody else''s or its own'), '') AS owner
	FROM crash c JOIN frame f ON f.dump = c.dump AND (f.symbol = '__queue_work' OR f.symbol LIKE '__queue\_work.%' ESCAPE '\')
	-- the only object of that size but a task that a register points to the start of: the workqueue, as the work item is a variable or within another
	LEFT JOIN object o ON o.dump = c.dump AND o.kind = 'slab' AND o."offset" = 0 AND o."where" NOT LIKE 'stack of %' AND o.cache <> 'task_struct' AND o.size >= 256
		AND NOT EXISTS (SELECT 1 FROM object x WHERE x.dump = c.dump AND x.kind = 'slab' AND x."offset" = 0 AND
			x."where" NOT LIKE 'stack of %' AND x.cache <> 'task_struct' AND x.size >= 256 AND x.value <> o.value)
	WHERE c.dump = :dump AND c.kind IN ('null_dereference', 'page_fault', 'general_protection') AND (c.symbol LIKE '_raw_spin_lock%' AND
			EXISTS (SELECT 1 FROM frame s WHERE s.dump = c.dump AND s.position = f.position - 1 AND s.symbol = c.symbol)
		-- what the workqueue leads to is not there; of no workqueue at all, a member is
		OR c.symbol = f.symbol AND o.value IS NOT NULL AND (c.kind <> 'null_dereference' OR c.fault_address = '0x0000000000000000'))
	ORDER BY o.finding)
LIMIT 1;
