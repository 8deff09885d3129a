/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as the verdict writes it: addresses, a dump's bytes, values that may be unknown. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

/* jansson's allocations are ours: base/alloc.h counts those that fail. */
__attribute__((constructor)) static void take_allocations_over(void)
{
	json_set_alloc_funcs(malloc, free);
}

json_t *json_address(uint64_t address)
{
	return json_sprintf("0x%016" PRIx64, address);
}

bool json_address_value(const json_t *json, uint64_t *ret)
{
	const char *text = json_string_value(json);

	return text && !strncmp(text, "0x", 2) && parse_hex(text, strlen(text), ret);
}

json_t *json_escaped_bytes(const char *text, size_t length)
{
	_str_ struct str s = {0};

	str_escape(&s, text, length);
	return s.failed ? NULL : json_stringn(s.data ? s.data : "", s.length);
}

json_t *json_escaped(const char *text)
{
	return text ? json_escaped_bytes(text, strlen(text)) : json_null();
}

bool json_is_utf8(const char *text)
{
	_json_ json_t *string = json_string(text);

	return string;
}

json_t *json_bytes(const uint8_t *bytes, size_t length)
{
	_str_ struct str s = {0};

	for (size_t i = 0; i < length; i++)
		str_printf(&s, i ? " %02x" : "%02x", bytes[i]);
	return s.failed ? NULL : json_stringn(s.data ? s.data : "", s.length);
}

json_t *json_at(const json_t *object, const char *path)
{
	json_t *at = (json_t *)object;
	char key[64];

	for (;;) {
		size_t length = strcspn(path, ".");

		copy_string(key, MIN(length + 1, sizeof(key)), path);
		at = json_object_get(at, key);
		if (!path[length])
			return at;
		path += length + 1;
	}
}

const char *json_string_at(const json_t *object, const char *path)
{
	return json_string_value(json_at(object, path));
}

json_int_t json_integer_at(const json_t *object, const char *path)
{
	return json_integer_value(json_at(object, path));
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (value)
		json_object_set_new(object, key, value);
}

void json_put_missing(json_t *object, const char *key, json_t *value)
{
	if (json_object_get(object, key))
		json_decref(value);
	else
		json_put(object, key, value);
}
