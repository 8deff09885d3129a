-- id: text_bit_flip
-- title: a bit of the kernel's code is wrong
-- cause: hardware
-- severity: critical
-- confidence: 0.98
-- advice: Test the memory (memtest86+), look for corrected errors in EDAC and the BMC's log, and replace the module they name.
-- rules-out: A bug in the function's source: the machine ran other code than was compiled.
-- see: Documentation/admin-guide/ras.rst
-- see: arch/x86/mm/init_64.c
SELECT
	t.headline AS because,
	'flipped ' || iif(t.headline LIKE '%: 1 bit flipped', 'bit: ' || replace(t.headline, ': 1 bit flipped', ''), 'bits: ' || t.headline) || coalesce('; ' || c.comm || '/' || c.pid || ' ran into it', '')
		AS headline,
	t.confidence * CASE WHEN t.symbol = c.symbol THEN 1 ELSE 0.93 END AS confidence,
	t.finding, c.finding AS finding2
FROM text t JOIN crash c ON c.dump = t.dump
WHERE t.dump = :dump AND t.class = 'bit_flip' AND t.against <> 'log';
