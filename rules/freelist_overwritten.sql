-- id: freelist_overwritten
-- title: memory was written after it had been freed
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.85
-- rules-out: The code on the stack: it only took the next free object from the list.
-- see: mm/slub.c
-- A list that the crash does not touch may have nothing to do with it, nor has any with a machine that only
-- waited and was then dumped; an overrun says who wrote.
SELECT
	'Who wrote it held a pointer to the object after freeing it: boot with slub_debug=FZPU,' || f.cache ||
		' to learn who allocated and freed it.' AS advice,
	f.headline || coalesce('; ' || (SELECT text FROM hypothesis h WHERE h.dump = f.dump
		AND text LIKE 'what overwrote%' ORDER BY h.confidence DESC LIMIT 1), '') AS because,
	'freed ' || f.cache || ' object' || coalesce(' ' || f.object, '') ||
		' was written to; met' || c.culprit_place AS headline,
	f.confidence * CASE WHEN f.near AND (c.fault_class IS NOT NULL OR c.kind IN ('null_dereference', 'page_fault',
		'general_protection', 'stack_segment', 'bug', 'double_fault', 'oops',
		'list_corruption', 'slab_corruption', 'refcount', 'bad_page', 'kasan', 'kfence')) THEN 1 ELSE 0.55 END *
		CASE WHEN EXISTS (SELECT 1 FROM overrun o WHERE o.dump = f.dump) THEN 0.8 ELSE 1 END AS confidence,
	f.finding,
	c.finding AS finding2
FROM freelist f JOIN crash c ON c.dump = f.dump
WHERE f.dump = :dump AND NOT f.loop;
