-- id: misaligned
-- title: an instruction that wants an aligned address had another
-- cause: unknown
-- severity: critical
-- confidence: 0.9
-- advice: Find why the object is not aligned as its type says: a packed structure, memory of kmalloc() or a stack that is not aligned to 16 bytes, a cast.
-- rules-out: A wild pointer: the address is a good one.
-- see: arch/x86/kernel/traps.c
SELECT
	instruction || ' wants an address that is a multiple of its operand''s size; ' || fault_address || ' is none' AS because,
	'address not aligned: ' || instruction || ' of ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'general_protection' AND fault_class = 'misaligned';
