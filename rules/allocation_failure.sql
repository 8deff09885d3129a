-- id: allocation_failure
-- title: an allocation of pages failed; the kernel went on
-- cause: out_of_memory
-- severity: warning
-- confidence: 0.7
-- see: mm/page_alloc.c
-- see: Documentation/admin-guide/sysctl/vm.rst
SELECT
	iif(message LIKE '%order:0%', '', 'Pages that lie side by side were asked for: free memory may be there, in pieces. See the free lists below "Mem-Info:".' || char(10)) ||
			coalesce(function, 'Who asked') || ' has to live with a failure, or ask for less.' AS advice,
	coalesce('the log says: ' || message, 'an allocation of pages failed') AS because,
	'allocation of pages failed' || culprit_place || coalesce(': ' || iif(instr(message, ' failure'), ltrim(substr(message, instr(message, ' failure') + 8), ':. '), message), '') AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'allocation_failure';
