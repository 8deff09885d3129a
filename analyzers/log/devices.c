/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of devices in lines of the kernel's log. */
#include "log/devices.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

#define DIGITS "0123456789"
#define HEX "0123456789abcdef"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* --- shapes ----------------------------------------------------------------------------------- */

/*
 * Names by shape: "sd@#?" is "sd", letters, digits or none. '#' stands for digits, '@' for letters,
 * '?' makes the one before optional; everything else is itself. ',' parts shapes.
 */
static const char *const shapes[] = {
	"sd@#?",    "hd@#?",	 "vd@#?",     "xvd@#?",	     "nvme#",  "nvme#n#",     "nvme#n#p#",
	"mmcblk#",  "mmcblk#p#", "dm-#",      "dm-#-#",	     "sd@#-#", "nvme#n#p#-#", "md#",
	"md#p#",    "loop#",	 "sr#",	      "fd#",	     "nbd#",   "rbd#",	      "drbd#",
	"bcache#",  "dasd@#?",	 "ata#",      "ata#.#",	     "scsi#",  "host#",	      "rport-#:#-#",
	"eth#",	    "eno#",	 "enp#s#",    "enp#s#f#",    "ens#f#", "ens#",	      "wlan#",
	"wlp#s#",   "bond#",	 "ib#",	      "em#",	     "p#p#",   "team#",	      "#:#:#:#",
	"enP#p#s#", "ens#f#np#", "enp#s#np#", "enp#s#f#np#", "md_d#",
};

static const char *match_shape(const char *text, const char *shape)
{
	for (; *shape; shape++) {
		const char *set = *shape == '#' ? DIGITS : *shape == '@' ? LETTERS : NULL;
		size_t length = set ? strspn(text, set) : *text == *shape;

		if (!length && shape[1] != '?')
			return NULL;
		text += length;
		shape += shape[1] == '?';
	}
	return text;
}

static bool has_shape(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		if (shapes[i][0] != name[0] && shapes[i][0] != '#')
			continue;
		const char *end = match_shape(name, shapes[i]);

		if (end && !*end)
			return true;
	}
	return false;
}

/* "0000:41:00.0", "41:00.0", "0000:81:00": with domain and function. */
static bool read_pci(const char *name, char *ret)
{
	size_t domain = strspn(name, HEX);
	const char *at = domain == 4 && name[4] == ':' ? name + 5 : name;
	bool function;

	if (strspn(at, HEX) != 2 || at[2] != ':' || strspn(at + 3, HEX) != 2)
		return false;
	function = at[5] == '.' && at[6] >= '0' && at[6] <= '7' && !at[7];
	if (!function && (at[5] || at == name))
		return false;
	snprintf(ret, DEVICE_NAME_MAX, "%s%.12s%s", at == name ? "0000:" : "", name,
		 function ? "" : ".0");
	return true;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void add(struct devices *devices, const char *name, size_t length)
{
	char copy[DEVICE_NAME_MAX];

	copy_part(copy, sizeof(copy), name, length);
	for (size_t i = 0; i < devices->count; i++)
		if (!strcmp(devices->names[i], copy))
			return;
	if (length && devices->count < DEVICES_MAX)
		memcpy(devices->names[devices->count++], copy, sizeof(copy));
}

/* What stands between two words; false when it is not there, or too long for a name. */
static bool add_between(struct devices *devices, const char *text, const char *before,
			const char *behind)
{
	const char *start = strstr(text, before), *end;

	if (!start)
		return false;
	start += strlen(before);
	end = strstr(start, behind);
	if (!end || end == start || end - start >= DEVICE_NAME_MAX)
		return false;
	add(devices, start, (size_t)(end - start));
	return true;
}

/* Disks by number: "8:48" is sdd, "65:16" sdr (Documentation/admin-guide/devices.txt). */
static bool disk_by_number(unsigned long major, unsigned long minor, char *ret)
{
	unsigned long group = major == 8		     ? 0
			      : major >= 65 && major <= 71   ? major - 64
			      : major >= 128 && major <= 135 ? major - 120
							     : 16;
	unsigned long disk = group * 16 + minor / 16;

	if (group > 15 || minor > 255)
		return false;
	if (disk < 26)
		snprintf(ret, DEVICE_NAME_MAX, "sd%c", (char)('a' + disk));
	else
		snprintf(ret, DEVICE_NAME_MAX, "sd%c%c", (char)('a' + disk / 26 - 1),
			 (char)('a' + disk % 26));
	return true;
}

/* "device-mapper: multipath: 253:4: Failing path 8:48." */
static void find_paths(const char *text, struct devices *ret)
{
	const char *at = strstr(text, "multipath: "), *path = strstr(text, "path ");
	char name[DEVICE_NAME_MAX], *end;

	if (!at)
		return;
	strtoul(at + 11, &end, 10);
	if (end > at + 11 && *end == ':') {
		snprintf(name, sizeof(name), "dm-%lu", strtoul(end + 1, NULL, 10));
		add(ret, name, strlen(name));
	}
	if (!path)
		return;
	unsigned long major = strtoul(path + 5, &end, 10);
	if (*end == ':' && disk_by_number(major, strtoul(end + 1, NULL, 10), name))
		add(ret, name, strlen(name));
}

/* "EDAC MC2: 1 CE … on CPU_SrcID#1_MC#0_Chan#0_DIMM#1 (channel:0 …", "…, label \"DIMM_A1\": …" */
static void find_module(const char *text, struct devices *ret)
{
	const char *at = strstr(text, "EDAC MC");

	if (!at)
		return;
	if (!add_between(ret, text, ", label \"", "\"") && !add_between(ret, text, " on ", " ("))
		add(ret, at + 5, strcspn(at + 5, ": "));
}

/* "e1000e 0000:00:1f.6 eno1:", "bnx2 0000:01:00.0: slave0:": the word behind a PCI address. */
static void find_interface(const char *after_pci, struct devices *ret)
{
	const char *at = after_pci + strspn(after_pci, ": ");
	size_t length = strcspn(at, ": ");

	if (length && length < 16 && at[length] == ':' && strspn(at, LETTERS) &&
	    strcspn(at, DIGITS) < length && !memchr(at, '(', length) && !memchr(at, '_', length) &&
	    !memchr(at, '[', length))
		add(ret, at, length);
}

static void find_word(const char *word, size_t length, struct devices *ret)
{
	char name[DEVICE_NAME_MAX], pci[DEVICE_NAME_MAX];

	while (length && strchr(":.", word[length - 1]))
		length--;
	if (has_prefix(word, "PCI:") && length > 4) {
		word += 4;
		length -= 4;
	}
	if (!length || length >= sizeof(name))
		return;
	copy_part(name, sizeof(name), word, length);
	if (read_pci(name, pci)) {
		add(ret, pci, strlen(pci));
		find_interface(word + length, ret);
	} else if (has_shape(name)) {
		add(ret, name, length);
	}
}

void devices_find(const char *text, struct devices *ret)
{
	static const char separators[] = " \t[](){}<>,;=\"'/!";
	const char *start = text;

	*ret = (struct devices){0};
	find_module(text, ret);
	find_paths(text, ret);
	add_between(ret, text, "server ", " not respond");
	add_between(ret, text, "NETDEV WATCHDOG: ", " (");
	add_between(ret, text, "unregister_netdevice: waiting for ", " to become");
	add_between(ret, text, "fru_text: ", "\n");
	if (ret->count)
		return;
	for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
		size_t length = strcspn(text, separators);
		/* "CPU4: …" begins the line; elsewhere it says who noticed. */
		if (text == start && has_prefix(text, "CPU") && strspn(text + 3, DIGITS))
			add(ret, text, 3 + strspn(text + 3, DIGITS));
		else
			find_word(text, length, ret);
		text += length;
	}
}

/* --- one device, or part of one --------------------------------------------------------------- */

void devices_base(const char *name, char *ret)
{
	static const char *const whole[] = {"nvme#", "mmcblk#", "md#",	"dm-#", "ata#",
					    "sd@",   "vd@",	"xvd@", "hd@",	"dasd@"};
	const char *end = NULL;

	for (size_t i = 0; !end && i < ARRAY_SIZE(whole); i++)
		end = match_shape(name, whole[i]);
	copy_part(ret, DEVICE_NAME_MAX, name, end ? (size_t)(end - name) : strlen(name));
}

/* The SCSI host of "7:0:2:1", "rport-7:0-2", "scsi7", "host7"; false for other devices. */
static bool host_of(const char *name, uint64_t *host, bool *is_disk)
{
	const char *end = match_shape(name, "#:#:#:#");

	*is_disk = end && !*end;
	if (*is_disk)
		return parse_dec_start(name, host);
	return parse_dec_after(name, "rport-", host) || parse_dec_after(name, "scsi", host) ||
	       parse_dec_after(name, "host", host);
}

static bool related(const char *a, const char *b)
{
	char base_a[DEVICE_NAME_MAX], base_b[DEVICE_NAME_MAX];
	bool disk_a, disk_b;
	uint64_t host_a, host_b;

	devices_base(a, base_a);
	devices_base(b, base_b);
	if (!strcmp(base_a, base_b))
		return true;
	return host_of(a, &host_a, &disk_a) && host_of(b, &host_b, &disk_b) && host_a == host_b &&
	       !(disk_a && disk_b);
}

bool devices_related(const struct devices *a, const struct devices *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (related(a->names[i], b->names[j]))
				return true;
	return false;
}
