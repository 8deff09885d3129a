-- id: overrun
-- title: an object was written beyond its end
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- rules-out: The code on the stack: the object it used was overwritten from outside.
-- see: mm/slub.c
-- see: Documentation/dev-tools/kasan.rst
SELECT
	'The object in front is the one to blame: boot with slub_debug=FZU,' || o.cache ||
		' to learn who allocated it and catch the write.' AS advice,
	o.headline || coalesce('; ' || b.headline, '') AS because,
	o.cache || ' object ' || o.overrun_from || ' was written beyond its end; met' ||
		c.culprit_place AS headline,
	-- a free list that the crash does not touch may have nothing to do with it
	o.confidence * iif(EXISTS (SELECT 1 FROM freelist f WHERE f.dump = o.dump AND f.object = o.object AND NOT f.near), 0.5, 1)
		AS confidence,
	o.finding, b.finding AS finding2
FROM overrun o JOIN crash c ON c.dump = o.dump
	LEFT JOIN bad_holder b ON b.dump = o.dump AND b.start = o.object
WHERE o.dump = :dump;
