-- id: divide_error
-- title: division by zero
-- cause: divide_error
-- severity: critical
-- confidence: 0.95
SELECT
	'Look for the divisor in ' || coalesce(function, 'the function at the top of the stack') ||
		': which input can make it zero?' AS advice,
	'the CPU raised a divide exception' || coalesce(' at ' || instruction, '') AS because,
	'division by zero' || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'divide_error';
