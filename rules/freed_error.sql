-- id: freed_error
-- title: an error code was given back to the slab allocator
-- cause: null_dereference
-- severity: critical
-- confidence: 0.95
-- see: include/linux/err.h
-- see: mm/slub.c
SELECT
	'A function failed and returned an error in its pointer: ' || coalesce(c.function, 'who freed it') ||
		', or its caller, did not check with IS_ERR().' AS advice,
	b.headline AS because,
	b.brief || c.culprit_place AS headline,
	b.confidence, b.finding, c.finding AS finding2
FROM blamed b JOIN crash c ON c.dump = b.dump
WHERE b.dump = :dump AND b.what = 'freed_error';
