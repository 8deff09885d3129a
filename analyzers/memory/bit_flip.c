/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether one or two flipped bits explain a bad pointer, and how likely chance alone would. */
#include "memory/bit_flip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_find.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/*
 * How well a restored value fits, best last. List links are the least likely to fit by chance: the
 * object points back at the very word that holds the bad value. Siblings are other objects of the
 * holder's cache: if their words at the same offset all point to one cache, at one offset in its
 * objects, then so should the restored value; in a cache that anybody may allocate from they are of
 * other types, and agree by chance at most.
 */
enum fit { FIT_NONE, FIT_INSIDE, FIT_START, FIT_TYPE, FIT_SIBLINGS, FIT_LINKED };

struct search {
	struct kernel *kernel;
	uint64_t value, holder;		/* holder: the address of the value, 0 unknown */
	const struct slab_cache *cache; /* of what the siblings point to, NULL unknown */
	int64_t offset;			/* in its objects */
	bool shared;			/* the holder's cache is anybody's */
	uint64_t type_size;		/* of what the member points to, 0 unknown */
	unsigned candidates, fits[FIT_LINKED + 1];
	enum fit best;
	struct slab_object object;
};

#define SIBLINGS_MAX 16 /* that are read, on each side of the holder */
#define SIBLINGS_AGREE 2
#define ENOUGH_FOR_ONE 0.85 /* confidence in one bit with which two are not tried */

static bool read_word(const struct search *search, uint64_t address, uint64_t *ret)
{
	return memory_is_kernel(search->kernel->memory, address) &&
	       err_ok(memory_read_u64(search->kernel->memory, address, ret));
}

/* --- what would fit --------------------------------------------------------------------------- */

/* kmalloc-1k, dma-kmalloc-64, kmalloc-cg-2k, kmalloc-rnd-05-96; SLAB's size-1024. */
static bool is_shared(const char *cache)
{
	return strstr(cache, "kmalloc-") || !strncmp(cache, "size-", 5);
}

static void ask_siblings(struct search *search)
{
	struct slab_object holder, target, expected = {0};
	unsigned agree = 0;
	uint64_t word;

	if (!search->holder || !err_ok(slab_find(search->kernel, search->holder, &holder)))
		return;
	search->shared = is_shared(holder.slab.cache->name);
	unsigned first = holder.index > SIBLINGS_MAX ? holder.index - SIBLINGS_MAX : 0;
	unsigned end = MIN(holder.slab.objects, holder.index + SIBLINGS_MAX + 1);
	for (unsigned i = first; i < end; i++) {
		uint64_t start = slab_object_start(&holder.slab, i);

		if (i == holder.index ||
		    !read_word(search, start + (uint64_t)holder.offset, &word) ||
		    memory_class(search->kernel->memory, word) != VA_DIRECT_MAP ||
		    !err_ok(slab_find(search->kernel, word, &target)) ||
		    target.state != OBJECT_ALLOCATED)
			continue;
		if (agree &&
		    (target.slab.cache != expected.slab.cache || target.offset != expected.offset))
			return; /* they disagree, so they tell nothing */
		expected = target;
		agree++;
	}
	if (agree < SIBLINGS_AGREE)
		return;
	search->cache = expected.slab.cache;
	search->offset = expected.offset;
}

/* The size of what the member points to, by its type. */
static uint64_t pointed_size(const struct bad_value *origin)
{
	struct member member;

	if (origin->type.kind != TYPE_STRUCT || !origin->member[0] ||
	    !type_find_member(origin->type, origin->member, &member) ||
	    member.type.kind != TYPE_POINTER)
		return 0;
	return type_size(type_target(member.type));
}

/* --- candidates ------------------------------------------------------------------------------- */

/*
 * The value is next or prev of a list_head, or next of an hlist_node, and the neighbour it should
 * lead to points back. Where the holder is not known, *node is set to the word that the neighbour
 * points back to, if that holds the value.
 */
static bool is_linked(const struct search *search, uint64_t restored, uint64_t *node)
{
	uint64_t word, held;

	*node = 0;
	if (search->holder)
		return (read_word(search, restored + 8, &word) && word == search->holder) ||
		       (read_word(search, restored, &word) && word == search->holder - 8);
	if (!read_word(search, restored + 8, &word) || !read_word(search, word, &held) ||
	    held != search->value)
		return false;
	*node = word;
	return true;
}

static enum fit fit_of(const struct search *search, const struct slab_object *object, bool linked)
{
	const struct slab_cache *cache = object->slab.cache;

	if (linked)
		return FIT_LINKED;
	if (search->cache && cache == search->cache && object->offset == search->offset)
		return FIT_SIBLINGS;
	if (search->cache && !search->shared)
		return FIT_NONE;
	if (search->type_size && object->offset == 0 && cache->object_size >= search->type_size &&
	    cache->object_size <= 2 * search->type_size)
		return FIT_TYPE;
	return object->offset == 0 ? FIT_START : FIT_INSIDE;
}

static void try_candidate(struct search *search, const unsigned *bits, unsigned count,
			  struct bit_flip *flip)
{
	uint64_t restored = search->value, node;
	struct slab_object object;

	for (unsigned i = 0; i < count; i++)
		restored ^= 1ull << bits[i];
	if (restored % 8 || memory_class(search->kernel->memory, restored) != VA_DIRECT_MAP)
		return;
	search->candidates++;
	bool linked = is_linked(search, restored, &node);
	/* Two flipped bits could lead anywhere: only links or siblings make them worth a look. */
	if ((count > 1 && !linked && !search->cache) ||
	    !err_ok(slab_find(search->kernel, restored, &object)) ||
	    object.state != OBJECT_ALLOCATED || object.offset < 0)
		return;
	enum fit fit = fit_of(search, &object, linked);
	search->fits[fit]++;
	if (fit <= search->best || (count > 1 && fit < FIT_SIBLINGS))
		return;
	search->best = fit;
	search->object = object;
	*flip = (struct bit_flip){.restored = restored,
				  .count = count,
				  .node = node,
				  .bits = {bits[0], count > 1 ? bits[1] : 0}};
}

static void try_all(struct search *search, unsigned count, struct bit_flip *flip)
{
	for (unsigned i = 0; i < 64; i++) {
		if (count == 1) {
			try_candidate(search, &i, 1, flip);
			continue;
		}
		for (unsigned j = i + 1; j < 64; j++)
			try_candidate(search, (unsigned[]){i, j}, 2, flip);
	}
}

#define START_BY_CHANCE 0.1 /* of addresses in memory, as aligned as objects are */

/*
 * The very start of a live object, by a bit that no alignment or tag explains: a pointer to nowhere
 * has few bits that lead into memory at all, and of what is there, little is a live object's start.
 * Where a page begins, that is no wonder.
 */
static double confidence_of_start(const struct search *search, const struct bit_flip *flip)
{
	double base = 0.95;

	if (flip->bits[0] < 3 || !search->holder || !(flip->restored % PAGE_SIZE))
		return 0.5;
	for (unsigned i = 0; i < search->candidates; i++)
		base *= 1 - START_BY_CHANCE;
	return MAX(base, 0.5);
}

/*
 * Confidence, less what chance explains: each candidate that leads into memory could have met an
 * object of that cache at that offset by chance, and one word in each object's size does.
 */
static double confidence_of(const struct search *search, const struct bit_flip *flip)
{
	static const double bases[] = {0, 0.3, 0.5, 0.6, 0.95, 0.95};
	double base = bases[search->best] * (flip->count > 1 ? 0.95 : 1);

	if (search->best == FIT_LINKED)
		return base;
	if (search->best == FIT_START || search->best == FIT_TYPE)
		base = MAX(base, confidence_of_start(search, flip));
	if (search->best == FIT_SIBLINGS) {
		for (unsigned i = 0; i < search->candidates; i++)
			base *= 1 - 8.0 / (double)search->cache->size;
	}
	/* Of several that fit equally well, one is right at most. */
	return base / search->fits[search->best];
}

static void describe(const struct search *search, struct bit_flip *flip)
{
	static const char *const why[] = {
		[FIT_TYPE] = ", of the size that the member points to",
		[FIT_SIBLINGS] = ", as the same member of its neighbours leads to",
		[FIT_LINKED] = ", whose list links lead back to the bad value",
	};
	char bits[32];

	if (flip->count > 1)
		snprintf(bits, sizeof(bits), "bits %u and %u", flip->bits[0], flip->bits[1]);
	else
		snprintf(bits, sizeof(bits), "bit %u", flip->bits[0]);
	snprintf(flip->text, sizeof(flip->text),
		 "%s flipped: 0x%016" PRIx64 " would be %sa live %s object%s", bits, flip->restored,
		 search->best == FIT_START ? "the start of " : "", search->object.slab.cache->name,
		 why[search->best] ? why[search->best] : "");
}

bool bit_flip_find(struct kernel *kernel, uint64_t value, const struct bad_value *origin,
		   struct bit_flip *ret)
{
	struct search search = {.kernel = kernel, .value = value};

	*ret = (struct bit_flip){0};
	if (origin && origin->held) {
		search.holder = origin->address;
		search.type_size = pointed_size(origin);
		ask_siblings(&search);
	}
	try_all(&search, 1, ret);
	/* One bit alone explains more than two. */
	if (search.best < FIT_SIBLINGS &&
	    (!ret->count || confidence_of(&search, ret) < ENOUGH_FOR_ONE)) {
		struct search two = search;
		struct bit_flip flip = {0};

		two.best = FIT_NONE;
		try_all(&two, 2, &flip);
		if (two.best == FIT_LINKED || two.fits[FIT_SIBLINGS] == 1) {
			search = two;
			*ret = flip;
		}
	}
	if (!ret->count)
		return false;
	ret->confidence = confidence_of(&search, ret);
	describe(&search, ret);
	return true;
}
