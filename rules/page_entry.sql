-- id: page_entry
-- title: a flipped bit in the page tables
-- cause: hardware
-- severity: critical
-- confidence: 0.95
-- advice: Replace or test the memory (EDAC and MCE logs, memtest): a page table is written by the kernel alone, a word at a time.
-- advice: Where it happens on more than one machine, a driver writes into a page that it has given back.
-- see: arch/x86/include/asm/pgtable_types.h
-- see: Documentation/admin-guide/ras.rst
SELECT
	e.headline AS because,
	'page table entry of ' || e.address || ' is wrong in bit ' || e.bit ||
		iif(e.bit = 0, ' (present)', '') || c.culprit_place AS headline,
	min(c.confidence, e.confidence) AS confidence, e.finding, c.finding AS finding2
FROM page_entry e JOIN crash c ON c.dump = e.dump
WHERE e.dump = :dump AND e.bit IS NOT NULL;
