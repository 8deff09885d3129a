-- id: bad_page
-- title: a page is given back, or taken, that is still in use
-- cause: use_after_free
-- severity: critical
-- confidence: 0.92
-- advice: Count who takes and gives back references on the page (get_page(), put_page()): one gives back more than it took.
-- advice: Boot with page_owner=on: the report then says who allocated the page.
-- rules-out: Taints: panic_on_taint only made a panic of the kernel's report.
-- see: mm/page_alloc.c
-- see: Documentation/mm/page_owner.rst
SELECT
	'the log says: ' || r.message || coalesce('; ' || r.words, '') || '; panic_on_taint stopped the machine for it' AS because,
	'bad page' || coalesce(' ' || substr(r.message, instr(r.message, 'pfn:')), '') || ': ' || CASE
		WHEN r.words LIKE '%nonzero mapcount%' THEN 'given back while still mapped'
		WHEN r.words LIKE '%nonzero _refcount%' THEN 'in the free lists while still in use'
		WHEN r.words LIKE '%flag(s) set%' THEN 'given back with flags of a page in use'
		ELSE coalesce(replace(r.words, 'page dumped because: ', ''), 'in use') END || c.culprit_code || c.task AS headline,
	c.confidence, r.finding, c.finding AS finding2
FROM crash c JOIN report r ON r.dump = c.dump AND r.kind = 'bad_page' AND r.pid = c.pid
WHERE c.dump = :dump AND c.kind = 'panic' AND c.reason LIKE 'panic\_on\_taint%' ESCAPE '\'
ORDER BY r.first_line DESC LIMIT 1;
