-- id: warn
-- title: a WARN() of the kernel
-- cause: assertion
-- severity: critical
-- confidence: 0.9
-- see: kernel/panic.c
-- see: Documentation/admin-guide/tainted-kernels.rst
SELECT
	'Read the condition' || coalesce(' in ' || c.function, ' at the named line') ||
		iif(c.source = 'memory' OR p.stopped, '; without panic_on_warn the kernel goes on after a WARN()', '') || '.' AS advice,
	iif(c.source = 'memory' OR p.stopped, 'panic_on_warn turned a WARN() into a panic',
		'the log has a WARN(), after which the kernel went on') ||
		coalesce(': ' || c.message, '') || coalesce('; the log says: ' || coalesce(w.words, c.said), '') AS because,
	CASE WHEN coalesce(c.said, c.message) LIKE 'BUG: %' THEN coalesce(c.said, c.message)
		WHEN w.words IS NULL AND c.said IS NOT NULL THEN 'warning: ' || c.said
		WHEN w.words IS NOT NULL THEN 'warning: ' || w.words
		WHEN c.message NOT LIKE 'WARNING%' THEN 'warning: ' || c.message
		WHEN c.source = 'memory' OR p.stopped THEN 'WARN() with panic_on_warn set' ELSE 'WARN()' END ||
		c.culprit_place AS headline,
	-- Which check it was says more than that it was one.
	c.confidence * CASE WHEN EXISTS (SELECT 1 FROM log_event e WHERE e.dump = :dump
		AND e.kind IN ('refcount', 'list_corruption', 'kasan')) OR EXISTS (SELECT 1 FROM blamed b
		WHERE b.dump = :dump AND b.what IN ('unmade', 'task')) THEN 0.7
		WHEN c.symbol LIKE '\_\_run\_timers%' ESCAPE '\' OR c.symbol LIKE 'call\_timer\_fn%' ESCAPE '\' THEN 0.85
		-- A line of words alone may be any program's.
		WHEN c.message LIKE 'BUG: %' AND c.culprit_place = '' THEN 0.5 ELSE 1.0 END
		AS confidence, c.finding
FROM (SELECT *, (SELECT r.message FROM report r WHERE r.dump = :dump AND r.kind = 'warn' AND r.symbol = x.symbol
		-- what the check said stands before the line that the message is
		AND r.pid = x.pid AND x.message LIKE 'WARNING%' AND r.message NOT LIKE 'WARNING%'
		ORDER BY r.first_line DESC LIMIT 1) AS said FROM crash x) c, (SELECT EXISTS (SELECT 1 FROM report r WHERE r.dump = :dump AND r.outcome = 'panic')
	AS stopped) p
	-- what the check printed of its own
	LEFT JOIN (SELECT words, message FROM report WHERE dump = :dump AND words IS NOT NULL) w ON w.message = c.message
WHERE c.dump = :dump AND c.kind = 'warn';
