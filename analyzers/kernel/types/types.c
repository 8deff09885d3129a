/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All types of one kernel: asks its providers in turn and remembers what they said. */
#include "kernel/types/types.h"

#include <string.h>

#include "base/array.h"
#include "base/hash.h"

#define PROVIDERS_MAX 512 /* the kernel's two and the modules' */

struct types {
	struct type_provider *providers[PROVIDERS_MAX];
	size_t count;
	bool has_btf;		       /* of the kernel itself */
	struct type_provider *profile; /* the last one that may tell all under a name; or NULL */
	types_load_fn *load;
	void *load_context;
	struct map found;     /* hash of kind and name → index into answers */
	struct type *answers; /* TYPE_NONE for what is absent */
	size_t answer_count;
	size_t generation;
	struct map tried; /* modules whose types were looked for */
};

struct err *types_open(struct types **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? NULL : &err_nomem;
}

static bool is(const struct type_provider *provider, const char *source)
{
	return !strcmp(provider->ops->name, source);
}

/* What was absent may be here now. */
static void forget_answers(struct types *types)
{
	map_deinit(&types->found);
	types->answer_count = 0;
	types->generation++;
}

struct err *types_add(struct types *types, struct type_provider *provider)
{
	if (types->count == PROVIDERS_MAX) {
		provider->ops->close(provider);
		return err_new(ERR_LIMIT, "more than %d sources of types", PROVIDERS_MAX);
	}
	types->providers[types->count++] = provider;
	types->has_btf |= !*provider->module && is(provider, "btf");
	if (provider->ops->tells_all)
		types->profile = provider;
	forget_answers(types);
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

void types_set_loader(struct types *types, types_load_fn *load, void *context)
{
	types->load = load;
	types->load_context = context;
}

bool types_any(const struct types *types)
{
	return types->count > 0;
}

size_t types_generation(const struct types *types)
{
	return types->generation;
}

struct type_provider *types_provider(struct types *types, const char *source)
{
	for (size_t i = 0; i < types->count; i++)
		if (is(types->providers[i], source))
			return types->providers[i];
	return NULL;
}

void types_grown(struct types *types)
{
	forget_answers(types);
}

/*
 * A kernel's BTF is made from its DWARF, and so is a profile: what the one lacks is not worth searching
 * the other for, which takes ten times as long as all the rest of an analysis. A module's DWARF has the
 * kernel's types as they were where the module was built, which may have been beside another kernel.
 */
static bool is_spare(const struct types *types, const struct type_provider *provider,
		     const char *name)
{
	struct type_provider *profile = types->profile;

	return is(provider, "dwarf") && (types->has_btf || *provider->module ||
					 (profile && profile->ops->tells_all(profile, name)));
}

/* The kernel's providers in their order, then those of modules read so far. */
static struct type ask(struct types *types, enum type_kind kind, const char *name)
{
	for (int modules = 0; modules < 2; modules++) {
		for (size_t i = 0; i < types->count; i++) {
			struct type_provider *p = types->providers[i];
			struct type type = {0};

			if ((p->module[0] != '\0') == modules && !is_spare(types, p, name))
				type = p->ops->find(p, kind, name);
			if (type.kind != TYPE_NONE)
				return type;
		}
	}
	return (struct type){0};
}

static void remember(struct types *types, uint64_t key, struct type type)
{
	/* Only a cache. */
	if (array_grow(types->answers, types->answer_count) &&
	    map_set(&types->found, key, types->answer_count))
		types->answers[types->answer_count++] = type;
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

struct type types_find_whole(struct types *types, enum type_kind kind, const char *name)
{
	for (size_t i = 0; types->profile && i < types->count; i++) {
		struct type_provider *p = types->providers[i];
		struct type type = {0};

		if (is(p, "dwarf") && !*p->module)
			type = p->ops->find(p, kind, name);
		if (type.kind != TYPE_NONE)
			return type;
	}
	return types_find(types, kind, name);
}

struct type types_find_symbol(struct types *types, const char *name)
{
	for (size_t i = 0; i < types->count; i++) {
		struct type_provider *p = types->providers[i];
		struct type type = {0};

		if (!is(p, "dwarf") || (!types->has_btf && !*p->module))
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

/* --- modules ---------------------------------------------------------------------------------- */

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
	if (provider || !types->load || !map_add(&types->tried, hash_string(module), 0) ||
	    !err_ok(types->load(types->load_context, module)))
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

	/* A function of the kernel that is called the same is another one, unless the module's own types
	 * leave out what the kernel's say to the letter. */
	if (module && *module && !p)
		return type;
	if (p)
		type = p->ops->find_symbol(p, name);
	return type.kind != TYPE_NONE ? type : types_find_symbol(types, name);
}
