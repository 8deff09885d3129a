/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the flipped bit in the link of a singly linked chain that led to what is no node of it. */
#include "memory/broken_chain.h"

#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"

#define SOUND_MIN 3   /* nodes before the break: fewer are a chance */
#define KEPT 64	      /* of the nodes gone through */
#define FOLLOWED 64   /* nodes behind a candidate */
#define CANDIDATES 45 /* one a bit */
#define LINK_BITS 48  /* above, a flipped bit makes no address, and is told without a chain */

/* What the nodes have in common. */
struct chain {
	struct kernel *kernel;
	int64_t inner, outer; /* as in struct bad_value_loop */
	const struct slab_cache *cache;
	uint64_t offset; /* of the link in its object */
};

/* The slot of the link in the node that a link's value leads to. */
static uint64_t slot_of(const struct chain *chain, uint64_t link)
{
	return link + (uint64_t)chain->outer + (uint64_t)chain->inner;
}

/* A live object of the cache, with its link where nodes have theirs. */
static bool is_object(const struct chain *chain, uint64_t link)
{
	uint64_t slot = slot_of(chain, link);
	struct slab_object object;

	return err_ok(slab_find(chain->kernel, slot, &object)) &&
	       object.slab.cache == chain->cache && object.state == OBJECT_ALLOCATED &&
	       slot - object.start == chain->offset;
}

/* And its link leads to another of them, or is the chain's end. */
static bool is_node(const struct chain *chain, uint64_t link, uint64_t *next)
{
	return is_object(chain, link) &&
	       err_ok(memory_read_u64(chain->kernel->memory, slot_of(chain, link), next)) &&
	       (!*next || is_object(chain, *next));
}

static bool is_among(const uint64_t *links, unsigned count, uint64_t link)
{
	for (unsigned i = 0; i < count; i++)
		if (links[i] == link)
			return true;
	return false;
}

/* The last nodes gone through; the very last is the one that is none. 0 when one cannot be read. */
static unsigned walk(const struct chain *chain, const struct bad_value_loop *loop, uint64_t *links)
{
	uint64_t link = loop->first - (uint64_t)chain->outer;
	unsigned count = 0;

	for (unsigned round = 1;; round++) {
		if (loop->rounds - round < KEPT)
			links[count++] = link;
		if (round == loop->rounds)
			return count;
		if (!err_ok(memory_read_u64(chain->kernel->memory, slot_of(chain, link), &link)))
			return 0;
	}
}

/* Nodes one bit from found; those of the chain's end alone only when there is no other. */
static unsigned candidates(const struct chain *chain, uint64_t found, const uint64_t *visited,
			   unsigned visited_count, uint64_t *list)
{
	unsigned count = 0;
	bool ends = true;
	uint64_t next;

	for (unsigned bit = 3; bit < LINK_BITS; bit++) {
		uint64_t other = found ^ 1ull << bit;

		if (is_among(visited, visited_count, other) || !is_node(chain, other, &next) ||
		    (!next && !ends))
			continue;
		if (next && ends)
			count = 0;
		ends = !next;
		list[count++] = other;
	}
	return count;
}

/* Whom another candidate leads to is further on in the chain. */
static bool follows(const struct chain *chain, const uint64_t *list, unsigned count, unsigned i)
{
	for (unsigned j = 0; j < count; j++) {
		uint64_t link = list[j];

		for (unsigned steps = 0; j != i && steps < FOLLOWED; steps++) {
			if (!is_node(chain, link, &link) || !link)
				break;
			if (link == list[i])
				return true;
		}
	}
	return false;
}

/* The only candidate that nobody leads to; 0 for none, or several. */
static uint64_t choose(const struct chain *chain, const uint64_t *list, unsigned count)
{
	uint64_t chosen = 0;

	for (unsigned i = 0; i < count; i++) {
		if (follows(chain, list, count, i))
			continue;
		if (chosen)
			return 0;
		chosen = list[i];
	}
	return chosen;
}

/*
 * A node that was freed and written over looks the same, where what came behind it lies one bit away: one
 * time in ten by chance in a slab, and as often as nodes of the sound part lie one bit from the next.
 */
static double certainty(const uint64_t *links, unsigned sound)
{
	unsigned one_bit = 0;

	for (unsigned i = 0; i + 1 < sound; i++)
		one_bit += __builtin_popcountll(links[i] ^ links[i + 1]) == 1;
	return 0.85 * (1 - (one_bit + 0.3) / (sound - 1 + 3.0));
}

bool broken_chain_find(struct kernel *kernel, const struct bad_value *bad, struct broken_list *ret)
{
	const struct bad_value_loop *loop = &bad->loop;
	struct chain chain = {.kernel = kernel, .inner = loop->inner, .outer = loop->outer};
	uint64_t links[KEPT], list[CANDIDATES], next;
	struct slab_object object;

	if (loop->rounds <= SOUND_MIN)
		return false;
	unsigned count = walk(&chain, loop, links);
	if (!count || !err_ok(slab_find(kernel, slot_of(&chain, links[count - 2]), &object)))
		return false;
	chain.cache = object.slab.cache;
	chain.offset = slot_of(&chain, links[count - 2]) - object.start;
	for (unsigned i = 0; i + 1 < count; i++)
		if (!is_object(&chain, links[i]))
			return false;
	if (is_node(&chain, links[count - 1], &next))
		return false;
	uint64_t good =
		choose(&chain, list, candidates(&chain, links[count - 1], links, count, list));
	if (!good)
		return false;
	*ret = (struct broken_list){.chain = true,
				    .before = slot_of(&chain, links[count - 2]),
				    .after = slot_of(&chain, good),
				    .at = slot_of(&chain, links[count - 2]),
				    .found = links[count - 1],
				    .good = good,
				    .bit = __builtin_ctzll(links[count - 1] ^ good),
				    .sound = count - 1,
				    .leads = true,
				    .steps = 1,
				    .confidence = certainty(links, count - 1)};
	return true;
}
