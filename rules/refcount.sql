-- id: refcount
-- title: a reference count went below zero or came back from it
-- cause: use_after_free
-- severity: critical
-- confidence: 0.85
-- see: lib/refcount.c
-- see: Documentation/core-api/refcount-vs-atomic.rst
-- The count is of an object that is free, or will be while somebody uses it; with panic_on_warn that
-- is the crash itself.
SELECT
	'One put too many, or a get on an object that is being freed: see which object ' ||
		coalesce(c.function, 'the function on the stack') || ' counts.' AS advice,
	'the log says: ' || e.text || coalesce('; ' || b.headline, '') AS because,
	-- "refcount_t: addition on 0; use-after-free."
	'refcount: ' || coalesce(replace(substr(e.text, 1, instr(e.text || ';', ';') - 1), 'refcount_t: ', '') ||
		c.culprit_code || ', ' || coalesce('of task ' || b.task, b.state || ' ' || b.cache || ' object ' || b.start),
		rtrim(replace(e.text, 'refcount_t: ', ''), '.') || c.culprit_place) AS headline,
	CASE c.kind WHEN 'warn' THEN 1 ELSE 0.8 END AS confidence, e.finding, c.finding AS finding2
FROM log_event e JOIN crash c ON c.dump = e.dump LEFT JOIN blamed b ON b.dump = e.dump
WHERE e.dump = :dump AND e.kind = 'refcount' AND e.text LIKE '%use-after-free%'
ORDER BY e.finding LIMIT 1;
