-- id: vmalloc_end
-- title: an access went beyond the end of a vmalloc area
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.85
-- advice: Check the length and the index at the named place against the area's size; the page behind each area is left out to catch this.
-- rules-out: A wild pointer: it led into an area, and ran out of it.
-- see: mm/vmalloc.c
SELECT
	'the address ' || c.fault_address || ' is ' || printf('%d', o."offset") || ' bytes into a vmalloc area of ' ||
		(o.size - 4096) || ' bytes' || coalesce(' that ' || o.symbol || ' allocated', '') || ': in the guard page behind it' AS because,
	coalesce(c.access, 'access') || ' beyond the end of a ' ||
		iif(o.symbol LIKE 'kernel_clone+%' OR o.symbol LIKE '\_do\_fork+%' ESCAPE '\' OR o.symbol LIKE 'copy_process%' OR
			o.symbol LIKE 'dup_task_struct%', 'stack', 'vmalloc area') || ' of ' || (o.size - 4096) || ' bytes' || c.culprit_place AS headline,
	iif(c.access = 'write', 'memory_corruption', 'wild_pointer') AS cause,
	c.confidence, c.finding, o.finding AS finding2
FROM crash c JOIN object o ON o.dump = c.dump AND o."where" = 'fault address'
WHERE c.dump = :dump AND c.kind = 'page_fault' AND o.kind = 'vmalloc' AND o.size > 4096 AND o."offset" >= o.size - 4096;
