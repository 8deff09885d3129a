-- id: text_stray
-- title: bytes that are no instruction stand in a function
-- cause: memory_corruption
-- severity: critical
-- confidence: 1
-- advice: Suspected, not proven: compare with the kernel's own file (triage analyze --vmlinux FILE, --modules DIR), which also shows how far it goes.
-- advice: Look at the bytes that stand there now: whose data are they? Kernel text is read-only, so a device, the firmware or a module that lifts the protection wrote them.
-- see: arch/x86/mm/init_64.c
-- see: arch/x86/kernel/alternative.c
SELECT
	h.text AS because,
	'overwritten code: bytes that are no instruction' || c.place AS headline,
	h.confidence, h.finding, c.finding AS finding2
FROM hypothesis h JOIN crash c ON c.dump = h.dump
WHERE h.dump = :dump AND h.kind = 'text_stray' AND c.kind = 'invalid_opcode';
