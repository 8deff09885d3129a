/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles of any bytes, with a checksum that is right: every type they tell of is asked all there is. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/types/members.h"
#include "kernel/types/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct type_provider *p, struct type type)
{
	char text[128];
	const char *name;
	struct member m;
	uint64_t value;

	type_format(type, text, sizeof(text));
	type_describe_offset(type, type_size(type) / 2, text, sizeof(text), &m);
	type_find_member(type, "a.b[1].c", &m);
	type_member_at(type, type_count(type) / 2, &m);
	p->ops->enumerator(p, type, 0, &name, &value);
}

static void ask_all(struct type_provider *p)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	_cleanup_(cleanup_members_close) struct members *members = NULL;
	_str_ struct str again = {0};
	const struct profile_info info = {.release = "x"};

	for (uint64_t id = 0; id < 64; id++)
		for (enum type_kind kind = TYPE_NONE; kind <= TYPE_FUNCTION; kind++)
			ask(p, (struct type){p, id, kind});
	if (!err_ok(types_open(&types))) {
		p->ops->close(p);
		return;
	}
	if (!err_ok(types_add(types, p)) || !err_ok(members_open(types, &members)))
		return;
	for (enum member_id id = 0; id < MEMBER_COUNT; id++)
		members_get(members, id);
	err_free(profile_make(types, &info, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_str_ struct str text = {0};
	struct profile_info info;
	struct type_provider *p;

	str_append(&text, (const char *)data, size);
	str_printf(&text, "sum %016llx\n", (unsigned long long)hash_bytes(data, size));
	if (!text.failed && err_ok(profile_read(text.data, text.length, &info, &p)))
		ask_all(p);
	return 0;
}
