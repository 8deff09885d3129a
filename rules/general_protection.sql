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
	'general protection fault' || coalesce(' on ' || fault_address, '') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'general_protection'
		AND coalesce(fault_class, '') NOT IN ('list_poison', 'slab_poison', 'error_pointer', 'null_offset',
		'null_minus_offset', 'misaligned');
