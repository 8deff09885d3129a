-- id: error_pointer
-- title: an error code used as a pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.9
-- see: include/linux/err.h
-- Where the pointer itself is not known, the address is that of a member: NULL less an offset looks alike.
SELECT
	'A function failed and returned an error in its pointer: ' || coalesce(function, 'who used it') ||
		', or its caller, did not check with IS_ERR().' AS advice,
	CASE WHEN errno IS NOT NULL THEN address_from || ' was accessed, and ' || pointer || ' is ERR_PTR(-' || errno || ')'
		ELSE 'the fault address ' || fault_address || ' lies right below zero: an errno carried in a pointer, or NULL less a member''s offset' END
		AS because,
	CASE WHEN errno IS NOT NULL THEN 'error pointer -' || errno || ' dereferenced: ' ELSE 'error pointer dereferenced: ' END ||
		fault_address || place AS headline,
	confidence * iif(errno IS NULL, 0.7, 1.0) AS confidence, finding
FROM crash
WHERE dump = :dump AND kind IN ('page_fault', 'general_protection', 'null_dereference')
		AND fault_class = 'error_pointer';
