-- id: double_free
-- title: an object was freed twice
-- cause: double_free
-- severity: critical
-- confidence: 0.97
-- rules-out: A bug of the allocator: it checks for this, and found it.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
SELECT
	'Look for the first free of the object: ' || coalesce(d.freed_by || '()', 'the function on the stack') ||
			' did the second' || iif(d.freed_by IS NULL, ', unless objects put aside earlier were just handed back', '') || '.' || char(10) ||
			'Boot with slub_debug=FU,' || d.cache || ': the kernel then reports the second free, and who did the first.' AS advice,
	d.headline || coalesce('; freed by ' || d.freed_by || '()', '') AS because,
	'double free of ' || d.cache || ' object ' || d.object ||
		iif(d.freed_by IS NULL, c.culprit_place, ', the second by ' || coalesce(c.function, d.freed_by || '()') || c.task) AS headline,
	d.confidence, d.finding, c.finding AS finding2
FROM double_free d JOIN crash c ON c.dump = d.dump
WHERE d.dump = :dump;
