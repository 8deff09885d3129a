-- id: error_pointer
-- title: an error code used as a pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.9
-- advice: A function returned ERR_PTR() and its caller did not check with IS_ERR().
SELECT
	'the fault address ' || fault_address ||
		' is a small negative number: an errno carried in a pointer' AS because,
	'error pointer dereferenced: ' || fault_address || place AS headline,
	confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('page_fault', 'general_protection')
		AND fault_class = 'error_pointer';
