/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_STR
#define TRIAGE_BASE_STR

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * A growing string. Appending never fails visibly: on out-of-memory `failed` is set and stays,
 * and str_take() then returns NULL. data is NUL-terminated, or NULL while nothing was appended.
 */
struct str {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void str_append(struct str *s, const char *data, size_t length);
void str_puts(struct str *s, const char *text);
void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Append bytes of a dump for a person's terminal: control bytes and non-ASCII become \xNN. */
void str_escape(struct str *s, const char *data, size_t length);
/* The finished string, owned by the caller ("" when empty); NULL on out-of-memory. */
char *str_take(struct str *s);
void str_deinit(struct str *s);

#define _str_ _cleanup_(str_deinit)

/* Copy at most size-1 bytes and terminate: for the fixed fields of a struct. */
void copy_string(char *dst, size_t size, const char *src);
/* The same of the first length bytes of src. */
void copy_part(char *dst, size_t size, const char *src, size_t length);
/* True for strings that are wholly printable ASCII and not empty. */
bool is_printable(const char *text, size_t length);
/* The first byte decides nearly always: long tables of words are held against each line of a log. */
static inline bool has_prefix(const char *text, const char *prefix)
{
	return *text == *prefix && !strncmp(text, prefix, strlen(prefix));
}
bool has_suffix(const char *text, const char *suffix);

#endif
