-- id: freed_foreign
-- title: the slab allocator was to free what it had never given out
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- advice: Free the memory by the function that goes with its allocation: vfree() or kvfree() for vmalloc(), nothing for a variable or a stack.
-- see: mm/slub.c
SELECT
	b.headline AS because,
	substr(b.headline, 1, instr(b.headline, '()') + 1) || ' of ' ||
		CASE b.owner WHEN 'vmalloc' THEN 'vmalloc memory' WHEN 'stack' THEN 'a stack''s memory' WHEN 'percpu' THEN 'per-CPU memory'
		WHEN 'module' THEN 'a module''s memory' WHEN 'image' THEN 'the kernel''s own memory' WHEN 'user' THEN 'a user address'
		ELSE 'what is no object' END || ' ' || b.address || c.culprit_place AS headline,
	b.confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.what = 'freed_address';
