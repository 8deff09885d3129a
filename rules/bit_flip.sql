-- id: bit_flip
-- title: one bit of a pointer is wrong, or two
-- cause: hardware
-- severity: critical
-- confidence: 0.9
-- advice: Test the memory (memtest86+), look for corrected errors in EDAC and the BMC's log, and replace the module they name.
-- rules-out: A stray write of other data: all other bits of the word are as they should be.
-- see: Documentation/admin-guide/ras.rst
-- Two bits at once pass no ECC unseen, and an object that is bad elsewhere met more than a flip.
SELECT
	h.text || coalesce('; ' || s.headline, '') AS because,
	'flipped ' || replace(replace(replace(h.text, ' flipped: ', ' in a pointer' || c.culprit_code || ': '),
		'would be the start of a', 'would be a'), ', of the size that the member points to', '') AS headline,
	h.confidence * CASE h.kind WHEN 'two_bit_flip' THEN 0.9 ELSE 1 END *
		CASE WHEN s.damage IN ('members', 'whole_object', 'overrun') THEN 0.3 ELSE 1 END
		AS confidence,
	h.finding, coalesce(s.finding, c.finding) AS finding2
FROM hypothesis h JOIN crash c ON c.dump = h.dump LEFT JOIN object_sanity s ON s.dump = h.dump
WHERE h.dump = :dump AND h.kind IN ('bit_flip', 'two_bit_flip') AND h.confidence >= 0.85
	-- list_bit_flip says it of a list
	AND NOT EXISTS (SELECT 1 FROM broken_list l WHERE l.dump = h.dump AND l.headline = h.text);
