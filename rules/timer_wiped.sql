-- id: timer_wiped
-- title: a timer that has no function any more, while it runs
-- cause: use_after_free
-- severity: critical
-- confidence: 0.88
-- advice: Find who frees or clears the object without timer_delete_sync(), or cancel_delayed_work_sync() for a delayed work item, before.
-- see: kernel/time/timer.c
-- rules-out: The task that was interrupted, and the timers' own code: they run what was armed.
SELECT
	'a timer is armed with a function alone, and this one has none any more: ' || coalesce(b.headline, c.message, 'by its check') ||
		'; it lies in ' || o.cache || ' object ' || o.start AS because,
	'use after free likely: timer in ' || o.cache || ' object ' || o.start || ' was wiped before it ran' AS headline,
	c.confidence, o.finding, c.finding AS finding2
FROM crash c LEFT JOIN bad_call b ON b.dump = c.dump AND b.way = 'call' AND b.kind = 'null'
	JOIN object o ON o.dump = c.dump AND o.kind = 'slab' AND o."where" NOT LIKE 'stack of %' AND o.cache <> 'task_struct'
WHERE c.dump = :dump AND (
		-- where call_timer_fn() is inlined, or checks what it is to call
		c.kind IN ('warn', 'bug') AND (c.symbol LIKE '\_\_run\_timers%' ESCAPE '\' OR c.symbol LIKE 'call\_timer\_fn%' ESCAPE '\' OR
			c.symbol LIKE 'expire\_timers%' ESCAPE '\')
		OR b.place LIKE 'call\_timer\_fn+%' ESCAPE '\' OR b.place LIKE '\_\_run\_timers%' ESCAPE '\' OR b.place LIKE 'expire\_timers%' ESCAPE '\')
	-- the one object at hand
	AND NOT EXISTS (SELECT 1 FROM object x WHERE x.dump = c.dump AND x.kind = 'slab' AND x."where" NOT LIKE 'stack of %' AND
		x.cache <> 'task_struct' AND x.start <> o.start)
LIMIT 1;
