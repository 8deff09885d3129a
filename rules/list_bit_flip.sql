-- id: list_bit_flip
-- title: one bit of a link of a list or tree is wrong, and the walk went astray
-- cause: hardware
-- severity: critical
-- confidence: 1
-- advice: Test the memory (memtest86+), look for corrected errors in EDAC and the BMC's log, and replace the module they name.
-- rules-out: The code that crashed: it went along the links, and they led it there.
-- see: lib/list_debug.c
-- see: Documentation/admin-guide/ras.rst
-- The node that should come next says where it belongs: all bits but one are as they should be.
SELECT
	l.headline || iif(l.leads, '; who goes on from there comes to the address that faulted', '') AS because,
	'flipped bit ' || l.bit || ' in ' || l.link || ' of the ' || l.shape || ' node at ' || l.broken || '; met' ||
		c.culprit_code AS headline,
	l.confidence, l.finding, c.finding AS finding2
FROM broken_list l JOIN crash c ON c.dump = l.dump
WHERE l.dump = :dump AND l.kind = 'bit_flip';
