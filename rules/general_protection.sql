-- id: general_protection
-- title: access to an address that is not canonical
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.6
-- advice: The pointer holds data, not an address: look at its bytes and at who else writes to the object it came from.
-- see: arch/x86/kernel/traps.c
SELECT
	'a general protection fault' || coalesce(': the operand''s address ' || fault_address ||
		' is not canonical', '') AS because,
	iif(taking, 'broken free list met', 'general protection fault' || coalesce(' on ' || fault_address, '')) ||
		iif(taking AND culprit IS NOT NULL, culprit_place, place) AS headline,
	-- what the allocator takes from its free lists it has put there itself: somebody wrote to a free object
	iif(taking, 'memory_corruption', 'wild_pointer') AS cause,
	-- where the code is not what the oops printed, what it accessed cannot be told
	-- nor where a register is not what it printed
	confidence * iif(EXISTS (SELECT 1 FROM finding f WHERE f.dump = :dump AND f.code = 'crash.disagrees'), 0.8, 1) * iif(fault_address IS NULL AND EXISTS (SELECT 1 FROM text t WHERE t.dump = :dump AND t.against = 'log'
		AND t.class IN ('bit_flip', 'overwritten')), 0.8, 1) AS confidence, finding
FROM (SELECT *, symbol LIKE '%refill\_objects%' ESCAPE '\' OR symbol LIKE '\_\_\_slab\_alloc%' ESCAPE '\' OR
		symbol LIKE 'get\_freelist%' ESCAPE '\' OR symbol LIKE 'get\_from\_partial%' ESCAPE '\' OR
		symbol LIKE 'get\_partial\_node%' ESCAPE '\' OR symbol LIKE 'deactivate\_slab%' ESCAPE '\' AS taking FROM crash)
WHERE dump = :dump AND kind = 'general_protection'
		AND coalesce(fault_class, '') NOT IN ('list_poison', 'slab_poison', 'error_pointer', 'null_offset',
		'null_minus_offset', 'misaligned');
