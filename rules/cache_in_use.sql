-- id: cache_in_use
-- title: a slab cache was destroyed while objects of it are in use
-- cause: assertion
-- severity: critical
-- confidence: 0.95
-- advice: Find who keeps objects of the cache, or frees them late (call_rcu(): it takes an rcu_barrier() before kmem_cache_destroy()).
-- rules-out: Memory overwritten: the cache's own lists are sound.
-- see: mm/slab_common.c
-- see: mm/slub.c
SELECT
	'the log says: ' || coalesce(r.headline, e.text) AS because,
	'kmem_cache_destroy() of ' || coalesce(r.cache, 'a cache') || ' with objects still in use' || c.culprit_place AS headline,
	c.confidence, c.finding, coalesce(r.finding, e.finding) AS finding2
FROM crash c
	LEFT JOIN slab_report r ON r.dump = c.dump AND r.problem LIKE 'Objects remaining%'
	LEFT JOIN log_event e ON e.dump = c.dump AND e.text LIKE '%Slab cache still has objects%'
WHERE c.dump = :dump AND c.kind IN ('panic', 'bug', 'warn') AND (r.finding IS NOT NULL OR e.finding IS NOT NULL)
LIMIT 1;
