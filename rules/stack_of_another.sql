-- id: stack_of_another
-- title: what is in use on another task's stack holds data
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- rules-out: The task that crashed, or was interrupted: it went along what it was given.
-- see: Documentation/core-api/dma-api-howto.rst
-- see: include/linux/timer.h
SELECT
	'Look for who was given an address on the stack of ' || b.stack_of || ' and writes there when its function has returned: ' ||
		'a device''s answer, a timer, another CPU.' AS advice,
	b.headline || '; ' || h.text || '; what is in use there is in no frame that the stack still shows' AS because,
	'stack of ' || b.stack_of || ' overwritten: ' || replace(h.text, 'the bad value ' || b.value || ' looks like ', '') ||
		'; met' || c.culprit_code AS headline,
	min(b.confidence, h.confidence) AS confidence, b.finding, h.finding AS finding2
FROM (SELECT bh.*, c.pointer AS value FROM bad_holder bh JOIN crash c ON c.dump = bh.dump) b
	JOIN crash c ON c.dump = b.dump JOIN hypothesis h ON h.dump = b.dump
WHERE b.dump = :dump AND b.owner = 'stack' AND b.stack_pid <> c.pid AND b.frame IS NULL
	AND h.kind IN ('ascii', 'fill', 'utf16', 'usb_string', 'usb_descriptor', 'file_magic', 'network')
	AND c.kind IN ('page_fault', 'general_protection')
ORDER BY h.confidence DESC LIMIT 1;
