/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a profile. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/types/profile.h"
#include "kernel/types/profile_asks.h"
#include "kernel/types/profile_words.h"

#define DEPTH_MAX 8 /* of arrays and pointers in one another */

static void put_type(const struct profile_model *model, uint32_t id, unsigned depth,
		     struct str *out)
{
	const struct profile_type *type = profile_model_type_at(model, id);

	str_puts(out, profile_word(type->kind));
	if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
		str_printf(out, " %s", profile_model_at(model, type->record)->name);
	else if (type->kind == TYPE_ARRAY)
		str_printf(out, " %" PRIu64, type->count);
	else if (type->kind != TYPE_POINTER)
		str_printf(out, " %" PRIu64, type->size);
	if ((type->kind == TYPE_ARRAY || type->kind == TYPE_POINTER) && type->target &&
	    depth < DEPTH_MAX) {
		str_puts(out, " ");
		put_type(model, type->target, depth + 1, out);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct profile_member *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value ? 1 : strcmp(x->name, y->name);
}

static void put_members(const struct profile_model *model, const struct profile_record *record,
			struct str *out)
{
	if (record->count)
		qsort(record->members, record->count, sizeof(record->members[0]), by_place);
	for (size_t i = 0; i < record->count; i++) {
		const struct profile_member *member = &record->members[i];

		if (record->kind == TYPE_ENUM) {
			str_printf(out, "\t%s %" PRIu64 "\n", member->name, member->value);
			continue;
		}
		str_printf(out, "\t%s %" PRIu64, member->name, member->value / 8);
		if (member->bits)
			str_printf(out, ":%u:%u", (unsigned)(member->value % 8), member->bits);
		str_puts(out, " ");
		put_type(model, member->type, 0, out);
		str_puts(out, "\n");
	}
}

static void put_record(const struct profile_model *model, const struct profile_record *record,
		       struct str *out)
{
	if (record->kind == TYPE_NONE) {
		str_printf(out, "alias %s ", record->name);
		put_type(model, record->alias, 0, out);
		str_puts(out, "\n");
		return;
	}
	str_printf(out, "%s %s %" PRIu64 "\n", profile_word(record->kind), record->name,
		   record->size);
	put_members(model, record, out);
}

static int by_name(const void *a, const void *b)
{
	const struct profile_record *x = *(const struct profile_record *const *)a;
	const struct profile_record *y = *(const struct profile_record *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)x->kind - (int)y->kind;
}

static void put_head(const struct profile_info *info, struct str *out)
{
	str_printf(out, PROFILE_MAGIC "\nasks %016" PRIx64 "\n", profile_asks_hash());
	if (info->release[0])
		str_printf(out, "release %s\n", info->release);
	if (info->build_id[0])
		str_printf(out, "build-id %s\n", info->build_id);
	if (info->banner[0])
		str_printf(out, "banner %016" PRIx64 " %s\n", info->banner_address, info->banner);
	if (info->probed)
		str_printf(out, "from probing %" PRIu64 " %" PRIu64 "\n", info->proven,
			   info->inferred);
	else
		str_puts(out, "from dwarf\n");
}

struct err *profile_write(const struct profile_model *model, const struct profile_info *info,
			  struct str *ret)
{
	size_t count = profile_model_count(model), defined = 0;
	_free_ const struct profile_record **sorted = calloc(count, sizeof(*sorted));

	if (!sorted)
		return &err_nomem;
	for (size_t i = 1; i < count; i++)
		if (profile_model_at(model, i)->defined)
			sorted[defined++] = profile_model_at(model, i);
	if (!defined)
		return err_new(ERR_NOT_FOUND, "it tells of no type that is asked for");
	qsort(sorted, defined, sizeof(*sorted), by_name);
	put_head(info, ret);
	for (size_t i = 0; i < defined; i++)
		put_record(model, sorted[i], ret);
	if (ret->failed)
		return &err_nomem;
	str_printf(ret, "sum %016" PRIx64 "\n", hash_bytes(ret->data, ret->length));
	return ret->length <= PROFILE_BYTES_MAX
		       ? NULL
		       : err_new(ERR_LIMIT, "a profile of %zu bytes", ret->length);
}
