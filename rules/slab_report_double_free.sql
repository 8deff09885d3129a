-- id: slab_report_double_free
-- title: slab debugging found a second free
-- cause: double_free
-- severity: critical
-- confidence: 0.97
-- advice: The log has the first free (slub_debug=U) and, below it, the stack of the second.
-- rules-out: A bug of the allocator: it checks for this, and found it.
-- see: mm/slub.c
SELECT
	r.headline || coalesce('; freed first by ' || r.freed_by, '') AS because,
	'double free of ' || r.cache || ' object' || coalesce(' ' || r.object, '') || c.place AS headline,
	r.confidence, r.finding, c.finding AS finding2
FROM slab_report r JOIN crash c ON c.dump = r.dump
WHERE r.dump = :dump AND r.problem LIKE '%already free%'
	AND c.kind IN ('panic', 'bug', 'warn', 'unknown');
