/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the BTF of the kernel and of its modules in the memory of the dump. */
#include "kernel/types/btf_dump.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/btf.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

#define BTF_SIZE_MAX (64u << 20) /* the largest kernel BTF seen is a tenth of this */
#define MODULES_MAX 4096

static struct err *read_btf(struct kernel *kernel, uint64_t start, uint64_t size,
			    const char *module)
{
	struct type_provider *provider;

	if (!size || size > BTF_SIZE_MAX)
		return err_at(ERR_CORRUPT, start, "BTF of %llu bytes", (unsigned long long)size);
	_free_ void *data = malloc(size);
	if (!data)
		return &err_nomem;
	TRY(memory_stream(kernel->memory, start, data, size));
	TRY(btf_open(take_ptr(data), size, *module ? kernel->btf : NULL, module, &provider));
	TRY(types_add(kernel->types, provider));
	if (!*module)
		kernel->btf = provider;
	return NULL;
}

/*
 * A module's .BTF section is freed once it is loaded, so struct module's pointer to it leads
 * nowhere; the copy that stays hangs off btf_modules (kernel/bpf/btf.c).
 */
static struct err *read_btf_module(struct kernel *kernel, uint64_t entry, const char *module,
				   bool *done)
{
	char name[sizeof(((struct type_provider *)0)->module)];
	uint64_t owner, btf, data, size;

	TRY(member_read(kernel, entry, MEMBER_BTF_MODULE_MODULE, &owner));
	TRY(member_read_string(kernel, owner, MEMBER_MODULE_NAME, name, sizeof(name)));
	*done = !strcmp(name, module);
	if (!*done)
		return NULL;
	TRY(member_read(kernel, entry, MEMBER_BTF_MODULE_BTF, &btf));
	TRY(member_read(kernel, btf, MEMBER_BTF_DATA, &data));
	TRY(member_read(kernel, btf, MEMBER_BTF_DATA_SIZE, &size));
	return read_btf(kernel, data, size, module);
}

struct err *btf_dump_load(struct kernel *kernel, const char *module)
{
	_list_walk_ struct list_walk walk = {0};
	const struct member *list = members_get(kernel->members, MEMBER_BTF_MODULE_LIST);
	bool done = false;
	uint64_t head;

	if (!list || !symbols_find(kernel->symbols, "btf_modules", &head))
		return err_new(ERR_NOT_FOUND, "the kernel keeps no BTF of modules");
	list_walk_init(&walk, kernel, head, MODULES_MAX);
	while (!done && list_walk_next(&walk))
		TRY(read_btf_module(kernel, walk.node - member_offset(list), module, &done));
	return take_ptr(walk.err);
}

struct err *btf_dump_open(struct kernel *kernel)
{
	uint64_t start, stop;

	if (!symbols_find(kernel->symbols, "__start_BTF", &start) ||
	    !symbols_find(kernel->symbols, "__stop_BTF", &stop))
		return err_new(ERR_NOT_FOUND, "the kernel carries no BTF");
	return err_wrap(read_btf(kernel, start, stop - start, ""), "BTF");
}
