/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are not taken from a spool, and why. */
#include "daemon/spool/refused.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

static void clear(struct refused_file *file)
{
	free(file->path);
	free(file->directory);
	free(file->why);
}

void refused_begin(struct refused *refused, const char *directory)
{
	for (size_t i = 0; i < refused->count; i++)
		if (!strcmp(refused->list[i].directory, directory))
			refused->list[i].stale = true;
}

static struct refused_file *find(const struct refused *refused, const char *path)
{
	for (size_t i = 0; i < refused->count; i++)
		if (!strcmp(refused->list[i].path, path))
			return &refused->list[i];
	return NULL;
}

static bool fill(struct refused_file *file, const char *directory, char *path, const char *why)
{
	*file = (struct refused_file){
		.path = path, .directory = strdup(directory), .why = strdup(why)};
	if (file->path && file->directory && file->why)
		return true;
	clear(file);
	return false;
}

void refused_keep(struct refused *refused, const char *directory, const char *name, const char *why)
{
	struct refused_file *known, file;
	char *path;

	if (asprintf(&path, name ? "%s/%s" : "%s%s", directory, name ? name : "") < 0)
		return;
	known = find(refused, path);
	if (!known && refused->count >= REFUSED_KEPT_MAX) {
		refused->more++;
		free(path);
		return;
	}
	if (!fill(&file, directory, path, why))
		return;
	if (known) {
		clear(known);
		*known = file;
	} else if (array_grow(refused->list, refused->count)) {
		refused->list[refused->count++] = file;
	} else {
		clear(&file);
	}
}

void refused_end(struct refused *refused, const char *directory)
{
	size_t kept = 0;

	for (size_t i = 0; i < refused->count; i++) {
		if (refused->list[i].stale && !strcmp(refused->list[i].directory, directory))
			clear(&refused->list[i]);
		else
			refused->list[kept++] = refused->list[i];
	}
	refused->count = kept;
}

const char *refused_why(const struct refused *refused, const char *path)
{
	const struct refused_file *file = find(refused, path);

	return file ? file->why : NULL;
}

json_t *refused_json(const struct refused *refused)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MIN(refused->count, (size_t)REFUSED_SHOWN); i++) {
		json_t *item = json_object();

		json_put(item, "path", json_escaped(refused->list[i].path));
		json_put(item, "why", json_escaped(refused->list[i].why));
		json_array_append_new(list, item);
	}
	return list;
}

void refused_deinit(struct refused *refused)
{
	for (size_t i = 0; i < refused->count; i++)
		clear(&refused->list[i]);
	free(refused->list);
	*refused = (struct refused){0};
}
