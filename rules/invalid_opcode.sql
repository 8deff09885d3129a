-- id: invalid_opcode
-- title: an instruction the CPU does not know
-- cause: unknown
-- severity: critical
-- confidence: 0.5
-- advice: Compare the bytes with the kernel's file: as built, they are a compiler's trap (unreachable code, UBSAN) or need a feature the CPU lacks; else code was overwritten, or jumped into the middle of.
-- see: arch/x86/kernel/traps.c
-- see: arch/x86/include/asm/bug.h
SELECT
	'the CPU refused the instruction' || coalesce(' (' || c.instruction || ')', '') ||
		', and it is no BUG()' || coalesce((SELECT '; the function''s code is as in its file: it was built so'
		FROM text t WHERE t.dump = c.dump AND t.symbol = c.symbol AND t.class = 'same'
		AND t.against <> 'log'), '') AS because,
	'invalid opcode' || c.place AS headline,
	c.confidence, c.finding
FROM crash c
WHERE c.dump = :dump AND c.kind = 'invalid_opcode';
