-- id: length_below_zero
-- title: a copy was given a length below zero
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.95
-- advice: Look in the named function for the subtraction that makes the length: what it takes away was more than there is.
-- see: lib/string_helpers.c
-- see: include/linux/fortify-string.h
SELECT
	b.headline || coalesce('; it ran until the address ' || c.fault_address, '') AS because,
	substr(b.headline, 1, instr(b.headline, '()') + 1) || ' with a length below zero (' ||
		substr(b.headline, instr(b.headline, ' of -') + 4, instr(b.headline, ' for 0x') - instr(b.headline, ' of -') - 4) || ')' ||
		c.culprit_place AS headline,
	b.confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.what = 'length';
