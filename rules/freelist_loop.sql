-- id: freelist_loop
-- title: an object is on its free list twice
-- cause: double_free
-- severity: critical
-- confidence: 0.88
-- advice: Two users have been given the same memory since: what they found in it explains crashes anywhere.
-- see: mm/slub.c
-- A list that the crash does not touch may have nothing to do with it.
SELECT
	'The object was freed twice: boot with slub_debug=FU,' || f.cache || ' to learn who freed it.' AS advice,
	f.headline AS because,
	'double free in ' || f.cache || ': object ' || coalesce(f.object, '?') ||
		' is on its free list twice; met' || c.culprit_place AS headline,
	f.confidence * CASE WHEN f.near THEN 1 ELSE 0.55 END AS confidence, f.finding,
	c.finding AS finding2
FROM freelist f JOIN crash c ON c.dump = f.dump
WHERE f.dump = :dump AND f.loop;
