-- id: freed_in_use
-- title: the function that faulted works on an object that is free
-- cause: use_after_free
-- severity: critical
-- confidence: 0.72
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
-- What it read there may be NULL or anything else. It may also have freed the object itself, and fault on another matter.
SELECT
	'by its code, the function that faulted accesses memory by ' || o."where" || ', which points to a free ' || o.cache ||
		' object, ' || o.start AS because,
	'use after free likely: ' || o.cache || ' object ' || o.start || ' is free, and in use' || iif(c.culprit IS NULL, c.place, c.culprit_place) AS headline,
	'Look for who freed the object before ' || c.function || ' got it, or who gives it back a second time.' || char(10) ||
		'Boot with slub_debug=FPU,' || o.cache || ': the first use meets poison, and the log says who freed the object.' AS advice,
	-- a register that the oops printed otherwise holds what it was not called with
	c.confidence * iif(EXISTS (SELECT 1 FROM finding f, json_each(f.evidence, '$.differences') d WHERE f.dump = :dump
		AND f.code = 'crash.disagrees' AND d.value ->> '$.what' = o."where"), 0.65, 1) AS confidence,
	o.finding, c.finding AS finding2
FROM object o JOIN crash c ON c.dump = o.dump
WHERE o.dump = :dump AND o.used AND o.state = 'free'
	AND c.kind IN ('null_dereference', 'page_fault', 'general_protection');
