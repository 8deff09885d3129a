-- id: slab_poison
-- title: a pointer was read out of freed, poisoned memory
-- cause: use_after_free
-- severity: critical
-- confidence: 0.95
-- advice: Find who freed the object: boot with slub_debug=PU to record it.
SELECT
	'the fault address ' || fault_address ||
		' is made of slab poison: the pointer was read from freed or never initialised memory' AS because,
	'use after free: pointer read from poisoned memory, ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND fault_class = 'slab_poison';
