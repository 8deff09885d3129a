-- id: check_subject
-- title: a subsystem stopped at what a module gave it
-- cause: assertion
-- severity: critical
-- confidence: 0.96
-- see: lib/bug.c
-- see: Documentation/admin-guide/bug-hunting.rst
SELECT
	'See in which state ' || by || ' may call there: with ' || brief || ' it must not, or not again.' AS advice,
	message || '; ' || by || ' gave it ' || headline AS because,
	brief || ': ' || word || iif(length(brief || word || code || ', called by ' || by) <= 98, code || ', called by ', ' below ') || by AS headline,
	CASE WHEN state = 'free' THEN 'use_after_free' WHEN kind = 'null_dereference' THEN kind ELSE 'assertion' END AS cause,
	confidence, finding, finding2
FROM (SELECT b.headline, b.brief || iif(b.state = 'free', ', which is free', '') AS brief, b.state, b.finding, c.confidence * iif(c.kind = 'warn', 0.95, 1) AS confidence, c.kind, c.culprit_code AS code, c.finding AS finding2,
		iif(c.kind = 'null_dereference', 'the fault address is ' || c.fault_address, c.message) AS message,
		CASE c.kind WHEN 'bug' THEN 'BUG()' WHEN 'warn' THEN 'WARN()' ELSE 'NULL pointer ' || coalesce(c.access, 'access') END AS word,
		substr(c.place, instr(c.place, ', called by ') + 12, instr(c.place, ']') - instr(c.place, ', called by ') - 11) AS by
	FROM blamed b JOIN crash c ON c.dump = b.dump
	WHERE b.dump = :dump AND b.what = 'subject' AND c.place LIKE '%, called by %]%' AND c.kind IN ('bug', 'warn', 'null_dereference')
		-- what the check printed of its own says more
		AND NOT EXISTS (SELECT 1 FROM report r WHERE r.dump = :dump AND r.words IS NOT NULL AND r.message = c.message)
		-- and so does an object that is free, or holds other data
		AND NOT EXISTS (SELECT 1 FROM double_free d WHERE d.dump = :dump)
		AND NOT (c.kind = 'null_dereference' AND EXISTS (SELECT 1 FROM object o WHERE o.dump = :dump AND o.used AND o.state = 'free'))
		AND NOT EXISTS (SELECT 1 FROM bad_holder h WHERE h.dump = :dump AND h.state = 'free')
		AND NOT EXISTS (SELECT 1 FROM object_sanity s WHERE s.dump = :dump AND s.damage = 'whole_object'));
