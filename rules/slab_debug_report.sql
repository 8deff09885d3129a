-- id: slab_debug_report
-- title: the kernel's own slab checks found damage
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- advice: The report in the log names the cache, the object, and under slub_debug=U who allocated and freed it.
-- see: mm/slub.c
SELECT
	'the log says: ' || e.text AS because,
	'slab corruption found by the kernel''s own checks: ' || e.text || c.place AS headline,
	e.finding, c.finding AS finding2
FROM log_event e JOIN crash c ON c.dump = e.dump
WHERE e.dump = :dump AND e.kind = 'slab_corruption' AND c.kind IN ('panic', 'bug', 'warn', 'unknown')
ORDER BY e.finding LIMIT 1;
