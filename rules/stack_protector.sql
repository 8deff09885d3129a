-- id: stack_protector
-- title: a function found its stack frame overwritten
-- cause: memory_corruption
-- severity: critical
-- confidence: 0.9
-- advice: Look at the arrays on the stack of the named function, and at what its callees were given pointers to.
SELECT
	'the canary behind a function''s locals was changed when it returned' AS because,
	'stack overwritten' || culprit_place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'stack_protector';
