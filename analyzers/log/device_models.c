/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models of devices, by the lines in which the kernel tells what it has found. */
#include "log/device_models.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/printk/log.h"
#include "log/devices.h"

#define MODEL_MAX 64
#define MODELS_MAX 4096 /* of a log */
#define ALIASES_MAX 3	/* sda, its SCSI address */

struct entry {
	char name[DEVICE_NAME_MAX];
	char model[MODEL_MAX]; /* or the name of the device that it is */
	bool is_alias;
};

struct device_models {
	struct entry *entries;
	size_t count;
	struct map by_name; /* hash of the name → index */
};

/* --- keeping ---------------------------------------------------------------------------------- */

static struct entry *find(const struct device_models *models, const char *name)
{
	const uint64_t *at = map_get(&models->by_name, hash_string(name));
	struct entry *entry = at ? &models->entries[*at] : NULL;

	return entry && !strcmp(entry->name, name) ? entry : NULL;
}

/* Blanks in a row are one: SCSI's words are filled up with them. */
static void copy_words(char *to, size_t size, const char *from, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < size; i++)
		if (from[i] != ' ' || (used && to[used - 1] != ' '))
			to[used++] = from[i];
	while (used && to[used - 1] == ' ')
		used--;
	to[used] = '\0';
}

/* What is said of a name last goes for it. */
static struct err *keep(struct device_models *models, const char *name, const char *model,
			size_t length, bool is_alias)
{
	struct entry *entry = find(models, name);

	if (!*name || !length || models->count >= MODELS_MAX)
		return NULL;
	if (!entry) {
		if (!array_grow(models->entries, models->count) ||
		    !map_set(&models->by_name, hash_string(name), models->count))
			return &err_nomem;
		entry = &models->entries[models->count++];
		*entry = (struct entry){0};
		copy_string(entry->name, sizeof(entry->name), name);
	}
	copy_words(entry->model, sizeof(entry->model), model, length);
	entry->is_alias = is_alias;
	return NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* "[144d:a80a]" */
static bool is_pci_id(const char *text)
{
	for (size_t i = 0; i < 11; i++) {
		bool right = i == 0    ? text[i] == '['
			     : i == 5  ? text[i] == ':'
			     : i == 10 ? text[i] == ']'
				       : isxdigit((unsigned char)text[i]);

		if (!right)
			return false;
	}
	return true;
}

/* "pci 0000:04:00.0: [144d:a80a] type 00 …", "nvme 0000:04:00.0:   device [144d:a80a] error status/mask=…" */
static struct err *take_pci(struct device_models *models, const char *text)
{
	const char *id = has_prefix(text, "pci ") ? strchr(text, '[') : strstr(text, "device [");
	struct devices devices;

	if (id && *id == 'd')
		id += strlen("device ");
	if (!id || !is_pci_id(id))
		return NULL;
	devices_find(text, &devices);
	return devices.count ? keep(models, devices.names[0], id + 1, 9, false) : NULL;
}

/* "ata1.00: ATA-9: SAMSUNG MZ7KM480, GXM1103Q, max UDMA/133" */
static struct err *take_ata(struct device_models *models, const char *text)
{
	const char *kind = strstr(text, ": ATA"), *model = kind ? strstr(kind + 2, ": ") : NULL;
	char name[DEVICE_NAME_MAX];

	if (!model || !strchr(model, ','))
		return NULL;
	copy_part(name, sizeof(name), text, (size_t)(kind - text));
	return keep(models, name, model + 2, strcspn(model + 2, ","), false);
}

/* "scsi 0:0:0:0: Direct-Access     ATA      SAMSUNG MZ7KM480 003Q PQ: 0 ANSI: 5": the last word is a revision. */
static struct err *take_scsi(struct device_models *models, const char *text)
{
	static const char type[] = ": Direct-Access";
	const char *at = strstr(text, type), *end = strstr(text, " PQ: ");
	char name[DEVICE_NAME_MAX];

	if (!at || !end || end < at + sizeof(type))
		return NULL;
	copy_part(name, sizeof(name), text + 5, (size_t)(at - text) - 5);
	at += strlen(type);
	while (end > at && end[-1] == ' ')
		end--;
	while (end > at && end[-1] != ' ')
		end--;
	return keep(models, name, at, (size_t)(end - at), false);
}

/* "sd 0:0:0:0: [sda] …", "nvme nvme0: pci function 0000:04:00.0": two names of one. */
static struct err *take_alias(struct device_models *models, const char *text)
{
	static const char function[] = ": pci function ";
	bool disk = has_prefix(text, "sd ");
	const char *behind = text + (disk ? 3 : 5);
	const char *at = strstr(behind, disk ? ": [" : function);
	char name[DEVICE_NAME_MAX], other[DEVICE_NAME_MAX];

	if (!at)
		return NULL;
	copy_part(other, sizeof(other), behind, (size_t)(at - behind));
	if (disk) {
		copy_part(name, sizeof(name), at + 3, strcspn(at + 3, "]"));
		return keep(models, name, other, strlen(other), true);
	}
	at += strlen(function);
	return keep(models, other, at, strcspn(at, " "), true);
}

static struct err *take_line(struct device_models *models, const char *text)
{
	if (has_prefix(text, "ata"))
		return take_ata(models, text);
	if (has_prefix(text, "scsi "))
		return take_scsi(models, text);
	if (has_prefix(text, "sd ") || has_prefix(text, "nvme nvme"))
		return take_alias(models, text);
	return take_pci(models, text);
}

struct err *device_models_read(const struct log *log, struct device_models **ret)
{
	_cleanup_(cleanup_device_models_free) struct device_models *models =
		calloc(1, sizeof(*models));

	if (!models)
		return &err_nomem;
	for (size_t i = 0; i < log->count; i++)
		TRY(take_line(models, log->lines[i].text));
	*ret = take_ptr(models);
	return NULL;
}

void device_models_free(struct device_models *models)
{
	if (!models)
		return;
	map_deinit(&models->by_name);
	free(models->entries);
	free(models);
}

/* --- asking ----------------------------------------------------------------------------------- */

static const char *model_of(const struct device_models *models, const char *name)
{
	for (int i = 0; i < ALIASES_MAX; i++) {
		const struct entry *entry = find(models, name);

		if (!entry || !entry->is_alias)
			return entry && entry->model[0] ? entry->model : NULL;
		name = entry->model;
	}
	return NULL;
}

const char *device_models_find(const struct device_models *models, const char *device)
{
	const char *model = model_of(models, device);
	char base[DEVICE_NAME_MAX], first[DEVICE_NAME_MAX + 3];

	if (model || !*device)
		return model;
	devices_base(device, base);
	model = model_of(models, base);
	/* Of a port the disk, which is the first behind it. */
	snprintf(first, sizeof(first), "%s.00", base);
	return model || !has_prefix(base, "ata") ? model : model_of(models, first);
}
