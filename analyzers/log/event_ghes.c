/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the lines of APEI's records: drivers/firmware/efi/cper.c. */
#include "log/event_ghes.h"

#include <string.h>

#include "base/str.h"
#include "log/event_list.h"

#define MARK "[Hardware Error]:"

bool event_ghes_begins(const char *text)
{
	return strstr(text, "Hardware error from APEI") ||
	       strstr(text, "Error records from previous boot");
}

static const struct {
	const char *words;
	enum event_severity severity;
} severities[] = {
	{"event severity: corrected", EVENT_CORRECTED},
	{"event severity: info", EVENT_INFO},
	{"event severity: recoverable", EVENT_ERROR},
	{"event severity: fatal", EVENT_FATAL},
};

static const struct {
	const char *words;
	enum event_kind kind;
} sections[] = {
	{"section_type: memory error", EVENT_MEMORY_ERROR},
	{"section_type: PCIe error", EVENT_PCIE_ERROR},
	{"section_type: general processor error", EVENT_MACHINE_CHECK},
	{"section_type: IA32/X64 processor error", EVENT_MACHINE_CHECK},
	{"section_type: ARM processor error", EVENT_MACHINE_CHECK},
	{"section_type: Firmware Error Record", EVENT_FIRMWARE},
};

/* Where it was, and what; the first of each that a record has names the part. */
static void take_place(struct event *event, const char *text)
{
	static const char *const places[] = {"fru_text: ", "DIMM location: ", "device_id: "};
	const char *at = strstr(text, "error_type: ");

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *place = strstr(text, places[i]);

		if (!place || event->device[0])
			continue;
		copy_string(event->device, sizeof(event->device), place + strlen(places[i]));
		devices_find(event->device, &event->devices);
	}
	if (at && (at = strstr(at, ", ")))
		event_add_detail(event, at + 2);
}

bool event_ghes_take(struct event *event, const char *text)
{
	const char *at = strstr(text, MARK);

	/* "{1}[Hardware Error]: …", "[Hardware Error]: …" */
	if (!at || (at != text && at[-1] != '}') || event_ghes_begins(text))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(severities); i++)
		if (strstr(at, severities[i].words))
			event->severity = severities[i].severity;
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (strstr(at, sections[i].words))
			event->kind = sections[i].kind;
	take_place(event, at);
	return true;
}
