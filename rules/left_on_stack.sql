-- id: left_on_stack
-- title: something in use lies on another task's stack, where a function keeps other things now
-- cause: use_after_free
-- severity: critical
-- confidence: 0.85
-- rules-out: The task that crashed, or was interrupted: it went along what it was given.
-- see: Documentation/dev-tools/kasan.rst
-- see: include/linux/timer.h
SELECT
	'Look for the function of ' || stack_of || ' that put ' || what || ' on its stack and returned without taking it back' ||
		iif(what = 'a timer', ' (timer_delete_sync())', '') || '; ' || frame || '() was called later by the same caller.' AS advice,
	headline || '; what a function keeps on its stack is gone when it returns' AS because,
	iif(what = 'a timer', 'timer', 'structure') || ' left on the stack of ' || stack_of || ', now in the frame of ' || frame || '()' AS headline,
	confidence, finding, finding2
FROM (SELECT b.*, c.finding AS finding2, CASE WHEN c.symbol LIKE '%run\_timers%' ESCAPE '\' OR c.symbol LIKE '%call\_timer\_fn%' ESCAPE '\' OR
		c.symbol LIKE 'expire\_timers%' ESCAPE '\' THEN 'a timer' ELSE 'the structure' END AS what
	FROM bad_holder b JOIN crash c ON c.dump = b.dump
	WHERE b.dump = :dump AND b.owner = 'stack' AND b.stack_pid <> c.pid AND b.frame IS NOT NULL
		AND c.kind IN ('page_fault', 'general_protection'));
