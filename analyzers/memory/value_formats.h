/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_VALUE_FORMATS
#define TRIAGE_MEMORY_VALUE_FORMATS

#include <stdbool.h>
#include <stdint.h>

/* What a value looks like; confidence: that it is no chance. */
struct value_look {
	const char *kind; /* "usb_string", "ascii", "slab_poison", … */
	char text[160];
	double confidence;
};

/* One way of looking at a value and its bytes in memory order; false for "not this". */
typedef bool value_look_fn(uint64_t value, const uint8_t bytes[8], struct value_look *ret);

value_look_fn value_is_usb_string, value_is_usb_descriptor, value_is_scsi, value_is_pci,
	value_is_network, value_is_ascii, value_is_utf16, value_is_file;

/* Fill in a look and return true. text is copied. */
bool value_say(struct value_look *look, const char *kind, double confidence, const char *text);
bool value_is_letter(uint8_t c); /* printable ASCII */

#endif
