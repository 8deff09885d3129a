-- id: sysrq
-- title: somebody asked for this crash
-- cause: requested
-- severity: notice
-- confidence: 0.98
-- see: Documentation/admin-guide/sysrq.rst
-- see: drivers/tty/sysrq.c
SELECT
	iif(blind, 'Whether anything hung cannot be told: not all of the dump can be read.',
		iif(l.headline IS NULL, 'Nothing is wrong with the kernel: find', 'See what that task waits for, and find') || ' out who wrote c to /proc/sysrq-trigger, or pressed the keys.')
		AS advice,
	iif(source = 'log', 'the log says: ' || coalesce(message, 'sysrq: Trigger a crash'),
		'sysrq_handle_crash() is on the stack: the crash was requested') ||
		iif(blind, '; what for is not known, as not all of the dump can be read', '') || coalesce('; ' || l.headline, '') AS because,
	'crash requested through sysrq' || coalesce(', ' || comm || '/' || pid, '') || coalesce('; ' || l.headline, '') AS headline,
	-- A crash is often asked for because the machine hangs, or is broken: then that is the news, where it can be seen.
	c.confidence * CASE WHEN EXISTS (SELECT 1 FROM stuck s WHERE s.dump = :dump AND s.seconds >= 2)
		OR EXISTS (SELECT 1 FROM tasklet t WHERE t.dump = :dump)
		OR EXISTS (SELECT 1 FROM waits w WHERE w.dump = :dump AND w.moving IS NOT 1)
		OR EXISTS (SELECT 1 FROM report r WHERE r.dump = :dump AND (r.outcome IN ('oops', 'broken') OR
			r.outcome = 'stuck' AND r.kind <> 'hung_task')
			AND coalesce(r.symbol, '') <> 'sysrq_handle_crash')
		-- or where somebody waits for what could not be found
		OR l.headline IS NOT NULL OR blind THEN 0.5 ELSE 1.0 END AS confidence, c.finding
FROM crash c JOIN (SELECT EXISTS (SELECT 1 FROM missing WHERE dump = :dump
	AND step IN ('pages', 'memory', 'symbols', 'tasks', 'stacks')
	-- a log that is no dump's hides nothing
	AND why NOT LIKE 'only the log was read%') AS blind)
	LEFT JOIN (SELECT dump, headline FROM lock WHERE dump = :dump AND state LIKE 'the lock was not found%'
		ORDER BY finding LIMIT 1) l ON l.dump = c.dump
WHERE c.dump = :dump AND c.kind = 'sysrq';
