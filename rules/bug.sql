-- id: bug
-- title: BUG(): the kernel's own check failed
-- cause: assertion
-- severity: critical
-- confidence: 0.95
-- see: lib/bug.c
-- see: Documentation/admin-guide/bug-hunting.rst
SELECT
	CASE WHEN w.words LIKE '%usercopy: %' OR w.words LIKE '%detected buffer overflow%'
		THEN 'The copy was refused before it did harm: see where ' || coalesce(c.function, 'the caller') ||
			' takes its length from, and how large the buffer is.'
		ELSE 'Read the condition' || coalesce(' in ' || c.function, ' at the named line') ||
			': the kernel found its own data inconsistent there.' END AS advice,
	iif(c.source = 'log', 'the log has the report of a BUG()',
		'the instruction is a BUG() of the kernel''s bug table') ||
		coalesce(': ' || c.message, '') || coalesce('; the log says: ' || w.words, '') AS because,
	-- "LustreError: 15768:0:(file.c:1563:f()) ASSERTION( … ) failed": by whom and where, the place says.
	CASE WHEN c.message LIKE '%() ASSERTION(%' OR c.message LIKE '%()) ASSERTION(%' THEN substr(c.message, instr(c.message, 'ASSERTION('))
		-- What the check found is worth more than its line.
		WHEN w.words LIKE '%usercopy: %'
			THEN replace(replace(replace(rtrim(substr(w.words, instr(w.words, 'usercopy: ')), '!'), 'Kernel memory ', ''),
				' attempt detected to SLUB object', ' of'), ' attempt detected from SLUB object', ' of')
		WHEN w.words LIKE '%skb\_%er\_panic: %len:%head:%' ESCAPE '\'
			THEN substr(w.words, instr(w.words, 'skb_'), instr(w.words, 'er_panic: ') + 10 - instr(w.words, 'skb_')) ||
				substr(w.words, instr(w.words, 'len:'), instr(w.words, ' head:') - instr(w.words, 'len:')) ||
				iif(w.words LIKE '% dev:%', ' ' || substr(w.words, instr(w.words, ' dev:') + 1), '')
		WHEN w.words LIKE '%page dumped because: %' THEN substr(w.words, instr(w.words, 'because: ') + 9)
		ELSE coalesce(replace(w.words, 'detected ', ''), c.message, 'BUG()') END || culprit_place AS headline,
	-- Which check it was says more than that it was one.
	c.confidence * CASE WHEN EXISTS (SELECT 1 FROM double_free d WHERE d.dump = :dump) OR
		(c.message LIKE '%list_debug.c%' OR c.message LIKE 'list\_%' ESCAPE '\') AND EXISTS (SELECT 1 FROM log_event e
			WHERE e.dump = :dump AND e.kind = 'list_corruption') THEN 0.7
		ELSE 1.0 END AS confidence, c.finding
FROM crash c
	-- what the check printed before it called BUG(): fortify, since v6.9, as a WARN()
	LEFT JOIN (SELECT words, message, kind FROM report WHERE dump = :dump AND words IS NOT NULL) w
		ON w.message = c.message OR
			(w.kind = 'warn' AND w.words LIKE '%detected buffer overflow%' AND c.message LIKE '%string_helpers.c%')
WHERE c.dump = :dump AND c.kind = 'bug'
LIMIT 1;
