-- id: call_wild
-- title: a call through a pointer that leads to no function
-- cause: wild_pointer
-- severity: critical
-- confidence: 0.9
-- advice: See what the pointer's memory holds (triage show --memory): one member overwritten, or an object of another kind.
-- advice: Where the target is data or a stack, somebody stored a pointer to an object where one to a function belongs.
SELECT
	'the CPU was sent to ' || b.target || ': ' || b.headline AS because,
	iif(b.kind = 'user', replace(b.brief, ' to 0x', ' to user memory at 0x'), b.brief) ||
		iif(length(b.brief) < 85, c.task, '') AS headline,
	b.confidence * CASE WHEN h.state = 'free' OR s.damage IN ('members', 'whole_object', 'overrun')
		THEN 0.6 WHEN h.state IS NULL THEN 0.9 ELSE 1.0 END AS confidence,
	b.finding, coalesce(h.finding, c.finding) AS finding2
FROM bad_call b JOIN crash c ON c.dump = b.dump LEFT JOIN bad_holder h ON h.dump = b.dump
	LEFT JOIN object_sanity s ON s.dump = b.dump
WHERE b.dump = :dump AND b.way = 'call' AND b.kind NOT IN ('null', 'unloaded')
LIMIT 1;
