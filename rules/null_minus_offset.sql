-- id: null_minus_offset
-- title: container_of() of a NULL pointer
-- cause: null_dereference
-- severity: critical
-- confidence: 0.85
-- advice: list_entry(), container_of() and rb_entry() of NULL give NULL less the member's offset: look for an empty list, or a walk that ran over its end.
-- see: include/linux/container_of.h
SELECT
	address_from || ' was accessed: ' || iif(pointer = '0x0000000000000000', 'the pointer to a member is NULL',
		pointer || ' is NULL less the offset of a member') ||
		coalesce(', or ERR_PTR(-' || errno || ')', '') AS because,
	'NULL pointer minus an offset: ' || coalesce(access, 'access') || ' of ' || fault_address || place
		AS headline,
	-- An object at hand that holds other data as a whole says where the NULL comes from.
	confidence * iif(errno IS NULL, 1.0, 0.8) * iif(EXISTS (SELECT 1 FROM object_sanity s
		WHERE s.dump = :dump AND s.damage = 'whole_object'), 0.6, 1.0) *
		iif(EXISTS (SELECT 1 FROM object o WHERE o.dump = :dump AND o.used AND o.state = 'free'), 0.5, 1.0) AS confidence, finding
FROM crash
WHERE dump = :dump AND fault_class = 'null_minus_offset';
