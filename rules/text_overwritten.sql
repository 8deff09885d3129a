-- id: text_overwritten
-- title: the kernel's code was overwritten
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.97
-- advice: Look at the bytes that stand there now (memory.text in the JSON): whose data are they? Kernel text is read-only, so a device, the firmware or a module that lifts the protection wrote them.
-- see: arch/x86/mm/init_64.c
-- see: arch/x86/kernel/alternative.c
SELECT
	t.headline AS because,
	'overwritten code: ' || t.headline || '; the crash is' || c.place AS headline,
	-- what changed after the oops is no reason for it
	t.confidence * CASE WHEN t.against = 'log' THEN 0.5 WHEN t.symbol = c.symbol THEN 1 ELSE 0.93 END
		AS confidence,
	t.finding, c.finding AS finding2
FROM text t JOIN crash c ON c.dump = t.dump
WHERE t.dump = :dump AND t.class = 'overwritten';
