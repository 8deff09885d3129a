-- id: stack_segment
-- title: a stack-segment fault through RBP or RSP
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.6
-- advice: Only operands based on RBP or RSP raise #SS: the register held data, not an address.
-- see: arch/x86/kernel/traps.c
SELECT
	'a stack-segment fault: an operand based on RBP or RSP was not canonical' ||
		coalesce(' (' || fault_address || ')', '') AS because,
	'stack-segment fault' || coalesce(' on ' || fault_address, '') || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'stack_segment';
