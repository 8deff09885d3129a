/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/types/members.h"

/* One form a member has had. */
struct era {
	const char *type, *path;
	const char *since; /* commit and release that brought this form; documentation */
};

#define LAYOUT(id, ...) static const struct era eras_##id[] = {__VA_ARGS__};
#include "kernel/types/members.def"
#undef LAYOUT

static const struct {
	const struct era *eras;
	size_t count;
} table[LAYOUT_COUNT] = {
#define LAYOUT(id, ...) [LAYOUT_##id] = {eras_##id, ARRAY_SIZE(eras_##id)},
#include "kernel/types/members.def"
#undef LAYOUT
};

enum probe { UNKNOWN, ABSENT, PRESENT };

struct layout {
	struct types *types;
	size_t generation; /* of types, when the absent ones were found absent */
	uint8_t probed[LAYOUT_COUNT];
	struct member members[LAYOUT_COUNT];
};

struct err *layout_open(struct types *types, struct layout **ret)
{
	struct layout *layout = calloc(1, sizeof(*layout));

	if (!layout)
		return &err_nomem;
	layout->types = types;
	*ret = layout;
	return NULL;
}

void layout_close(struct layout *layout)
{
	free(layout);
}

static enum probe probe(struct layout *layout, enum layout_id id)
{
	for (size_t i = 0; i < table[id].count; i++) {
		const struct era *era = &table[id].eras[i];
		struct type type = types_find(layout->types, TYPE_NONE, era->type);

		if (type_find_member(type, era->path, &layout->members[id]))
			return PRESENT;
	}
	return ABSENT;
}

const struct member *layout_get(struct layout *layout, enum layout_id id)
{
	size_t generation = types_generation(layout->types);

	if (layout->generation != generation) {
		layout->generation = generation;
		for (size_t i = 0; i < LAYOUT_COUNT; i++)
			if (layout->probed[i] == ABSENT)
				layout->probed[i] = UNKNOWN;
	}
	if (layout->probed[id] == UNKNOWN)
		layout->probed[id] = (uint8_t)probe(layout, id);
	return layout->probed[id] == PRESENT ? &layout->members[id] : NULL;
}

const char *layout_name(enum layout_id id)
{
	static _Thread_local char name[96];
	const struct era *newest = &table[id].eras[0];

	snprintf(name, sizeof(name), "%s.%s", newest->type, newest->path);
	return name;
}
