-- id: broken_memory
-- title: the kernel found its own lists, pages or objects damaged
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.75
-- see: mm/memory.c
-- see: mm/page_alloc.c
SELECT
	coalesce('Look at ' || function || ': what it holds was freed, or written by somebody else.',
		'Who came upon it is not known: memory was freed, or written, by who did not own it. slub_debug=FPZU tells of the next time.')
		AS advice,
	'the log says: ' || coalesce(message, kind) AS because,
	coalesce(message, kind) || culprit_place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('list_corruption', 'refcount',
	'slab_corruption', 'bad_page', 'bad_page_map', 'spinlock_bug', 'bad_rss_counter');
