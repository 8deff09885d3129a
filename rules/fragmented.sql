-- id: fragmented
-- title: memory is free, and no piece of it is as large as was asked for
-- cause: out_of_memory
-- severity: critical
-- confidence: 0.97
-- advice: See the buddy lists of the OOM report in the log, or /proc/buddyinfo: who holds single pages all over memory that cannot be moved?
-- advice: Whoever can do with single pages (kvmalloc(), a scatter list) should not ask for many in a row.
-- rules-out: A lack of memory: much of it is free.
-- see: mm/page_alloc.c
-- see: Documentation/admin-guide/mm/concepts.rst
SELECT
	'the log says that ' || (o.free_kb / 1024) || ' of ' || (o.total_kb / 1024) || ' MiB were free when ' || o.invoker ||
		' asked for ' || (4 << o."order") || ' KiB in a row' AS because,
	'out of memory in pieces of order ' || o."order" || ' (' || (4 << o."order") || ' KiB): ' || (o.free_kb / 1024) || ' of ' ||
		(o.total_kb / 1024) || ' MiB are free, in smaller ones' AS headline,
	c.confidence, c.finding, o.finding AS finding2
FROM crash c JOIN oom o ON o.dump = c.dump AND o."end" = 'panic'
WHERE c.dump = :dump AND c.kind = 'out_of_memory' AND o."constraint" = 'none' AND NOT o.asked
	AND o."order" >= 1 AND o.free_kb >= o.total_kb / 5
	-- not of a zone of its own (__GFP_DMA, __GFP_DMA32)
	AND substr(o.gfp_mask, -1) IN ('0', '2', '8', 'a');
