-- id: text_flip_inferred
-- title: an undefined instruction that one flipped bit explains
-- cause: hardware
-- severity: critical
-- confidence: 1
-- advice: Suspected, not proven: compare with the kernel's own file (triage analyze --vmlinux FILE), or with the same bytes on a healthy machine.
-- advice: Then test the memory (memtest86+), and look for corrected errors in EDAC and the BMC's log.
-- see: Documentation/admin-guide/ras.rst
-- see: arch/x86/kernel/traps.c
SELECT
	h.text AS because,
	'a flipped bit in code suspected: invalid opcode' || c.place AS headline,
	h.confidence, h.finding, c.finding AS finding2
FROM hypothesis h JOIN crash c ON c.dump = h.dump
WHERE h.dump = :dump AND h.kind = 'text_bit_flip' AND c.kind = 'invalid_opcode';
