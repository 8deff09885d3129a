-- id: slab_report
-- title: slab debugging found an overwritten object
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- rules-out: The code on the stack: it only met what had been written before.
-- see: mm/slub.c
-- see: include/linux/poison.h
SELECT
	CASE WHEN r.freed_by IS NOT NULL
			THEN 'Look for writes through the pointer that ' || r.freed_by || ' freed: it was kept by somebody.'
		WHEN r.problem LIKE '%redzone%' OR r.problem LIKE '%right padding%'
		THEN 'A red zone is written by the object''s own user, beyond its end.'
		ELSE 'Poison is written by somebody who had freed the object, or never owned it.' END AS advice,
	r.headline || coalesce('; freed by ' || r.freed_by, '') || coalesce('; ' ||
		(SELECT text FROM hypothesis h WHERE h.dump = r.dump AND text LIKE 'what overwrote%'
		ORDER BY h.confidence DESC LIMIT 1), '') AS because,
	'slab corruption: ' || r.problem || ' in ' || r.cache || coalesce(' object ' || r.object, '') ||
		c.place AS headline,
	r.confidence, r.finding, c.finding AS finding2
FROM slab_report r JOIN crash c ON c.dump = r.dump
WHERE r.dump = :dump AND r.problem NOT LIKE '%already free%' AND r.problem NOT LIKE 'Objects remaining%'
	AND c.kind IN ('panic', 'bug', 'warn', 'unknown');
