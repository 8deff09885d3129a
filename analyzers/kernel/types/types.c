/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/types/types.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define PROVIDERS_MAX 512	 /* the kernel's two and the modules' */
#define BTF_SIZE_MAX (64u << 20) /* the largest kernel BTF seen is a tenth of this */
#define MODULES_MAX 4096

struct types {
	struct kernel *kernel; /* set by types_open_btf(): where modules' BTF is read */
	struct type_provider *providers[PROVIDERS_MAX];
	size_t count;
	struct type_provider *btf; /* the kernel's own, base of the modules' */
	struct map found;	   /* hash of kind and name → index into answers */
	struct type *answers;	   /* TYPE_NONE for what is absent */
	size_t answer_count;
	struct map tried; /* modules whose BTF was looked for */
};

struct err *types_open(struct types **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? NULL : &err_nomem;
}

static void forget_answers(struct types *types)
{
	map_deinit(&types->found);
	types->answer_count = 0;
}

struct err *types_add(struct types *types, struct type_provider *provider)
{
	if (types->count == PROVIDERS_MAX) {
		provider->ops->close(provider);
		return err_new(ERR_LIMIT, "more than %d sources of types", PROVIDERS_MAX);
	}
	types->providers[types->count++] = provider;
	forget_answers(types); /* what was absent may be here now */
	return NULL;
}

void types_close(struct types *types)
{
	if (!types)
		return;
	/* Modules' BTF stands on the kernel's, which was added before. */
	while (types->count) {
		struct type_provider *last = types->providers[--types->count];

		last->ops->close(last);
	}
	map_deinit(&types->found);
	map_deinit(&types->tried);
	free(types->answers);
	free(types);
}

bool types_any(const struct types *types)
{
	return types->count > 0;
}

size_t types_generation(const struct types *types)
{
	return types->count;
}

const char *types_source(const struct types *types)
{
	bool btf = false, dwarf = false;

	for (size_t i = 0; i < types->count; i++) {
		btf |= !strcmp(types->providers[i]->ops->name, "btf");
		dwarf |= !strcmp(types->providers[i]->ops->name, "dwarf");
	}
	if (btf && dwarf)
		return "btf+dwarf";
	return btf ? "btf" : dwarf ? "dwarf" : "none";
}

/*
 * A kernel's BTF is made from its DWARF: what the one lacks is not worth searching the other for,
 * which takes ten times as long as all the rest of an analysis.
 */
static bool is_spare(const struct types *types, const struct type_provider *provider)
{
	return types->btf && !strcmp(provider->ops->name, "dwarf");
}

/* The kernel's providers in their order, then those of modules read so far. */
static struct type ask(struct types *types, enum type_kind kind, const char *name)
{
	for (int modules = 0; modules < 2; modules++) {
		for (size_t i = 0; i < types->count; i++) {
			struct type_provider *p = types->providers[i];
			struct type type = {0};

			if ((p->module[0] != '\0') == modules && !is_spare(types, p))
				type = p->ops->find(p, kind, name);
			if (type.kind != TYPE_NONE)
				return type;
		}
	}
	return (struct type){0};
}

static void remember(struct types *types, uint64_t key, struct type type)
{
	struct type *grown = reallocarray(types->answers, types->answer_count + 1, sizeof(*grown));

	if (!grown)
		return; /* only a cache */
	types->answers = grown;
	if (map_set(&types->found, key, types->answer_count))
		grown[types->answer_count++] = type;
}

struct type types_find(struct types *types, enum type_kind kind, const char *name)
{
	uint64_t key = hash_string(name) * 31 + kind;
	uint64_t *known = map_get(&types->found, key);

	if (known)
		return types->answers[*known];
	struct type type = ask(types, kind, name);
	remember(types, key, type);
	return type;
}

struct type types_find_struct(struct types *types, const char *name)
{
	return types_find(types, TYPE_STRUCT, name);
}

struct type types_find_symbol(struct types *types, const char *name)
{
	for (size_t i = 0; i < types->count; i++) {
		struct type_provider *p = types->providers[i];
		struct type type = {0};

		if (!is_spare(types, p))
			type = p->ops->find_symbol(p, name);
		if (type.kind != TYPE_NONE)
			return type;
	}
	return (struct type){0};
}

bool types_enumerator(struct types *types, const char *enum_name, const char *name, uint64_t *ret)
{
	struct type type = types_find(types, TYPE_ENUM, enum_name);
	const char *found;

	if (type.kind == TYPE_NONE)
		return false;
	for (size_t i = 0; type.provider->ops->enumerator(type.provider, type, i, &found, ret); i++)
		if (found && !strcmp(found, name))
			return true;
	return false;
}

/* --- BTF out of the dump ---------------------------------------------------------------------- */

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
	TRY(btf_open(take_ptr(data), size, *module ? kernel->types->btf : NULL, module, &provider));
	TRY(types_add(kernel->types, provider));
	if (!*module)
		kernel->types->btf = provider;
	return NULL;
}

struct err *types_open_btf(struct kernel *kernel)
{
	uint64_t start, stop;

	if (!symbols_find(kernel->symbols, "__start_BTF", &start) ||
	    !symbols_find(kernel->symbols, "__stop_BTF", &stop))
		return err_new(ERR_NOT_FOUND, "the kernel carries no BTF");
	TRY(err_wrap(read_btf(kernel, start, stop - start, ""), "BTF"));
	kernel->types->kernel = kernel;
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
	TRY(member_read_text(kernel, owner, MEMBER_MODULE_NAME, name, sizeof(name)));
	*done = !strcmp(name, module);
	if (!*done)
		return NULL;
	TRY(member_read(kernel, entry, MEMBER_BTF_MODULE_BTF, &btf));
	TRY(member_read(kernel, btf, MEMBER_BTF_DATA, &data));
	TRY(member_read(kernel, btf, MEMBER_BTF_DATA_SIZE, &size));
	return read_btf(kernel, data, size, module);
}

static struct err *find_btf_module(struct kernel *kernel, const char *module)
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

static struct type_provider *find_provider(struct types *types, const char *module)
{
	for (size_t i = 0; i < types->count; i++)
		if (!strcmp(types->providers[i]->module, module))
			return types->providers[i];
	return NULL;
}

static struct type_provider *module_provider(struct types *types, const char *module)
{
	struct type_provider *provider = find_provider(types, module);

	/* Whatever stands in the way, the module then has no types of its own. */
	if (provider || !types->kernel || !map_add(&types->tried, hash_string(module), 0) ||
	    !err_ok(find_btf_module(types->kernel, module)))
		return provider;
	return find_provider(types, module);
}

struct type types_find_in(struct types *types, const char *module, enum type_kind kind,
			  const char *name)
{
	struct type_provider *p = module && *module ? module_provider(types, module) : NULL;
	struct type type = {0};

	if (p)
		type = p->ops->find(p, kind, name);
	return type.kind != TYPE_NONE ? type : types_find(types, kind, name);
}

struct type types_find_symbol_in(struct types *types, const char *module, const char *name)
{
	struct type_provider *p = module && *module ? module_provider(types, module) : NULL;
	struct type type = {0};

	if (p)
		type = p->ops->find_symbol(p, name);
	return type.kind != TYPE_NONE ? type : types_find_symbol(types, name);
}
