-- id: slab_poison
-- title: a pointer was read out of freed, poisoned memory
-- cause: use_after_free
-- severity: critical
-- confidence: 0.95
-- advice: Look for who keeps a pointer to the object without holding a reference to it.
-- see: include/linux/poison.h
-- see: mm/slub.c
SELECT
	'the fault address ' || fault_address ||
		' is made of slab poison: the pointer was read from freed or never initialised memory' AS because,
	coalesce('Begin with ' || (SELECT freed_by FROM bad_holder b WHERE b.dump = :dump) || '(): it freed the object.',
		'Boot with slub_debug=PU' || coalesce(',' || (SELECT cache FROM bad_holder b WHERE b.dump = :dump), '') ||
		' to learn who frees the object.') AS advice,
	'use after free: pointer read from poison, ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND fault_class = 'slab_poison';
