-- id: bit_flip
-- title: one bit of a pointer is wrong
-- cause: hardware
-- severity: critical
-- confidence: 0.9
-- advice: Test the memory (memtest86+), look for corrected errors in EDAC and the BMC's log, and replace the module they name.
SELECT
	h.text AS because,
	'flipped bit: ' || h.text || c.place AS headline,
	h.confidence, h.finding, c.finding AS finding2
FROM hypothesis h JOIN crash c ON c.dump = h.dump
WHERE h.dump = :dump AND h.kind = 'bit_flip' AND h.confidence >= 0.9;
