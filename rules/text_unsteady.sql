-- id: text_unsteady
-- title: code that was one thing at the oops and another in the dump
-- cause: hardware
-- severity: critical
-- confidence: 0.5
-- advice: The same memory read twice gave two answers a moment apart: test the memory and the CPU it crashed on.
-- see: Documentation/admin-guide/ras.rst
SELECT
	t.headline AS because,
	'a bit of ' || coalesce(t.symbol || '()', 'the code') || ' changed between the oops and the dump' ||
		iif(c.symbol IS t.symbol, c.task, '; the crash is' || c.culprit_place) AS headline,
	-- What changed after the oops is no reason for it, and a dump may be damaged as it is written.
	t.confidence, t.finding, c.finding AS finding2
FROM text t JOIN crash c ON c.dump = t.dump
WHERE t.dump = :dump AND t.class = 'bit_flip' AND t.against = 'log';
