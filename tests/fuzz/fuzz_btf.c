/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF of any bytes: every type's members, sizes, names and spelling are asked for. */
#include <string.h>

#include "kernel/types/btf.h"
#include "kernel/types/types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct type_provider *p, struct type type)
{
	static const enum type_kind kinds[] = {TYPE_INT,    TYPE_ENUM,	TYPE_POINTER, TYPE_ARRAY,
					       TYPE_STRUCT, TYPE_UNION, TYPE_FUNCTION};
	char text[128];
	const char *name;
	struct member m;
	uint64_t value;

	/* Ids are the provider's, but kinds may be anything where bytes lie. */
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		type.kind = kinds[i];
		type_format(type, text, sizeof(text));
		type_describe_offset(type, type_size(type) / 2, text, sizeof(text), &m);
		type_find_member(type, "a.b[1].c", &m);
		type_member_at(type, type_count(type) / 2, &m);
		p->ops->enumerator(p, type, 0, &name, &value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct type_provider *p;
	void *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (!err_ok(btf_open(copy, size, NULL, "", &p)))
		return 0;
	p->ops->find(p, TYPE_NONE, "list_head");
	p->ops->find_symbol(p, "jiffies");
	for (uint64_t id = 0; id < 32; id++)
		ask(p, (struct type){.provider = p, .id = id});
	p->ops->close(p);
	return 0;
}
