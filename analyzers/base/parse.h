/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_PARSE
#define TRIAGE_BASE_PARSE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whole-string number parsing: no sign, no white space, no trailing text, no overflow. */
bool parse_hex(const char *text, size_t length, uint64_t *ret); /* with or without 0x */
bool parse_dec(const char *text, size_t length, uint64_t *ret);
/* The number that text begins with (digits alone, no 0x), whatever follows it. */
bool parse_hex_start(const char *text, uint64_t *ret);
bool parse_dec_start(const char *text, uint64_t *ret);
/* The same right after the first place in text where these words stand. */
bool parse_hex_after(const char *text, const char *words, uint64_t *ret);
bool parse_dec_after(const char *text, const char *words, uint64_t *ret);

/* How many hexadecimal digits text begins with. */
size_t hex_digits(const char *text);

/* Unaligned little-endian loads from a byte buffer. */
uint16_t load_u16(const void *p);
uint32_t load_u32(const void *p);
uint64_t load_u64(const void *p);
/* A little-endian integer of 1 to 8 bytes. */
uint64_t load_uint(const void *p, size_t size);

#endif
