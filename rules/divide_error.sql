-- id: divide_error
-- title: division by zero
-- cause: divide_error
-- severity: critical
-- confidence: 0.95
-- advice: Look for the divisor at the named place: which input can make it zero.
SELECT
	'a divide exception at ' || coalesce(instruction, 'a division') AS because,
	'division by zero' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'divide_error';
