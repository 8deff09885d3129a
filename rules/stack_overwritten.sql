-- id: stack_overwritten
-- title: a pointer among a function's local variables holds data
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- advice: Look for what is written to local arrays, and to members in front of the pointer, without a check of its length: no canary is in between.
-- see: kernel/panic.c
-- see: Documentation/dev-tools/kasan.rst
SELECT
	b.headline || '; ' || h.text AS because,
	'stack overwritten' || coalesce(' in ' || b.frame || '()', '') || ': ' || h.text || '; used' || c.culprit_code AS headline,
	min(b.confidence, h.confidence) AS confidence, b.finding, h.finding AS finding2
FROM bad_holder b JOIN crash c ON c.dump = b.dump JOIN hypothesis h ON h.dump = b.dump
WHERE b.dump = :dump AND b.owner = 'stack' AND h.kind IN ('ascii', 'fill', 'utf16', 'usb_string', 'usb_descriptor', 'file_magic', 'network')
	AND c.kind IN ('page_fault', 'general_protection')
	-- of another task's stack it is not said that what stands there was this frame's
	AND (b.stack_pid IS NULL OR b.stack_pid = c.pid)
ORDER BY h.confidence DESC LIMIT 1;
