/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_FIELD
#define TRIAGE_KERNEL_PRINTK_LOG_FIELD

#include <stdbool.h>
#include <stddef.h>

/*
 * The fields of a piece of JSON, objects within objects too: field() gets each key that has a string, a
 * number, or a list of numbers (bytes: how journald writes what is no UTF-8) as its value, both
 * NUL-terminated, escapes undone, cut at FIELD_MAX bytes. Tolerant: logs get cut. False when the
 * text is no JSON from its beginning on.
 */
#define FIELD_MAX 65536
#define FIELD_KEY_MAX 64
bool log_fields_read(const char *text, size_t length,
		     void (*field)(void *context, const char *key, const char *value,
				   size_t length),
		     void *context);

#endif
