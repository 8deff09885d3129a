-- id: divide_error
-- title: division by zero, or one whose result does not fit
-- cause: divide_error
-- severity: critical
-- confidence: 0.95
-- see: arch/x86/kernel/traps.c
SELECT
	'a divide exception at ' || coalesce(instruction, 'a division') ||
		iif(divisor > '0x0000000000000000', ': the divisor is 0x' || ltrim(substr(divisor, 3), '0') ||
			', so it is the quotient that does not fit', '') AS because,
	CASE WHEN divisor IS NULL THEN 'division by zero, or its result did not fit'
		WHEN divisor > '0x0000000000000000' THEN 'division overflow: the quotient does not fit, divisor 0x' ||
			ltrim(substr(divisor, 3), '0')
		ELSE 'division by zero' END || place AS headline,
	iif(divisor > '0x0000000000000000', 'Look for the dividend in ', 'Look for the divisor in ') ||
		coalesce(function, 'the function at the top of the stack') ||
		iif(divisor > '0x0000000000000000', ': its upper half was not less than the divisor.', ': which input can make it zero?') AS advice,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind = 'divide_error';
