-- id: index_range
-- title: an index that leads out of its array
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.8
-- see: lib/ubsan.c
-- see: Documentation/dev-tools/ubsan.rst
SELECT
	'The pointer is sound and the index is not: see where ' || coalesce(c.function, 'the function') ||
		' has it from, and whether it is compared with the number of elements.' AS advice,
	'the address ' || c.fault_address || ' was made of ' || c.address_from || '; ' || c.array || ' is in ' ||
		coalesce(o.cache || ' object ' || o.start, o.symbol, 'a stack') AS because,
	'index 0x' || ltrim(substr(c."index", 3), '0') || ' leads out of ' ||
		coalesce(o.cache || ' object ' || o.start, o.symbol, 'an array on the stack') || c.place AS headline,
	c.confidence, c.finding, o.finding AS finding2
FROM crash c JOIN object o ON o.dump = c.dump AND o.value = c.array
WHERE c.dump = :dump AND c.kind IN ('page_fault', 'general_protection') AND c.access IN ('read', 'write')
	AND o.kind IN ('slab', 'image', 'module', 'stack') AND coalesce(o.state, '') <> 'free'
	AND coalesce(c.fault_class, '') NOT IN ('list_poison', 'slab_poison')
ORDER BY o.finding LIMIT 1;
