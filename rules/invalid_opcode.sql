-- id: invalid_opcode
-- title: an instruction the CPU does not know
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.5
-- advice: Compare the bytes with the kernel's file: code overwritten, or a jump into the middle of something.
-- advice: A CPU without the instruction's feature is the harmless explanation.
SELECT
	'the CPU refused the instruction, and it is no BUG()' AS because,
	'invalid opcode' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'invalid_opcode';
