/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_JSON
#define TRIAGE_JSON

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * JSON as the verdict writes it. The only file that includes jansson.h. References follow jansson:
 * functions named …_new take over what they are given.
 */
static inline void cleanup_json(json_t **json)
{
	json_decref(*json);
}
#define _json_ _cleanup_(cleanup_json)

/* A flag of json_dumps(): 0.95 is written as that, and not with what a double adds to it. */
#define JSON_REALS JSON_REAL_PRECISION(15)
/* Another: for a terminal, where U+009B begins a command and U+202E turns what is read around. */
#define JSON_PRINTABLE JSON_ENSURE_ASCII

/* "0x" and 16 hex digits: 64-bit addresses do not survive JSON numbers. */
json_t *json_address(uint64_t address);
/* The reverse; false when it is no such string. */
bool json_address_value(const json_t *json, uint64_t *ret);
/* Bytes of a dump as a JSON string: invalid UTF-8, NUL and control bytes become \xNN text. */
json_t *json_escaped_bytes(const char *text, size_t length);
json_t *json_escaped(const char *text); /* NUL-terminated; NULL gives null */
/* Other text JSON does not take. */
bool json_is_utf8(const char *text);
/* Hex of bytes, "49 8b 2f". */
json_t *json_bytes(const uint8_t *bytes, size_t length);
/* What stands at a dotted path, such as "crash.task.pid"; NULL when there is nothing. Borrowed. */
json_t *json_at(const json_t *object, const char *path);
/* The same for a string; NULL when there is none. */
const char *json_string_at(const json_t *object, const char *path);
/* And for an integer; 0 when there is none. */
json_int_t json_integer_at(const json_t *object, const char *path);
/* Set a key when the value is known, else leave it out: takes value over, NULL is "unknown". */
void json_put(json_t *object, const char *key, json_t *value);
/* The same where the key is not set yet. */
void json_put_missing(json_t *object, const char *key, json_t *value);

#endif
