/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which object's free pointer was overwritten, where a free list leads out of its slab. */
#include "memory/freelist_culprit.h"

#include <ctype.h>
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/mm/freelist.h"
#include "memory/value.h"

uint64_t freelist_culprit_run_up(struct kernel *kernel, const struct slab *slab, uint64_t object,
				 uint64_t raw)
{
	uint64_t length = 0, word;

	while (object - slab->base >= length + slab->cache->size && length < slab->cache->size &&
	       err_ok(memory_read_u64(kernel->memory, object - length - 8, &word)) &&
	       value_alike(word, raw))
		length += 8;
	return length;
}

/* An object whose stored free pointer decodes to the bad one. */
static bool culprit_stores(struct kernel *kernel, const struct slab *slab, uint64_t decoded,
			   struct culprit *culprit)
{
	uint64_t raw, next;

	for (unsigned i = 0; i < slab->objects; i++) {
		uint64_t object = slab_object_start(slab, i);

		if (err_ok(freelist_next(kernel, slab, object, &raw, &next)) && next == decoded) {
			*culprit = (struct culprit){
				.object = object, .raw = raw, .confidence = 1, .candidates = 1};
			return true;
		}
	}
	return false;
}

/*
 * How unlike a word the bytes are: capitals after small letters, other characters than letters and
 * digits.
 */
static unsigned oddities(uint64_t raw)
{
	unsigned odd = 0;
	uint8_t last = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint8_t byte = (uint8_t)(raw >> 8 * i);

		if (!isprint(byte))
			continue;
		odd += (isupper(byte) && islower(last)) || (!isalnum(byte) && byte != ' ');
		last = byte;
	}
	return odd;
}

/*
 * The best of the objects that may be meant. Neighbours in a slab often decode to similar bytes;
 * then the one that a register of the crash points to was taken last and is preferred, next one
 * that similar bytes run up to from the object in front, next the one whose bytes look most like a
 * word.
 */
struct choice {
	struct culprit best;
	unsigned rank, ties, held; /* held: candidates in registers */
	double chance;		   /* that one try gives such bytes by chance */
	uint64_t first, differ;	   /* bits in which candidates differ from the first */
};

enum { RANK_HELD = 32, RANK_RUN_UP_TO = 16, ODDITIES_MAX = 15 };

static void weigh(struct choice *choice, uint64_t object, uint64_t raw, bool held, bool run_up_to)
{
	unsigned rank = (held ? RANK_HELD : 0) + (run_up_to ? RANK_RUN_UP_TO : 0) + ODDITIES_MAX -
			MIN(oddities(raw), ODDITIES_MAX);

	if (!choice->best.candidates++)
		choice->first = raw;
	choice->differ |= raw ^ choice->first;
	choice->held += held;
	if (choice->best.object && rank <= choice->rank) {
		choice->ties += rank == choice->rank;
		return;
	}
	choice->best.object = object;
	choice->best.raw = raw;
	choice->rank = rank;
	choice->ties = 0;
}

static uint64_t with_blanks(uint64_t value, uint64_t differ)
{
	for (unsigned i = 0; i < 64; i += 8)
		if (differ >> i & 0xff)
			value = (value & ~(0xffull << i)) | (uint64_t)'?' << i;
	return value;
}

/*
 * The object has been cleared since (init_on_alloc), but hardening had mixed the pointer with the
 * address it was stored at. Undo that for each object in turn: only the right one gives bytes that
 * look like something.
 */
static bool culprit_computed(struct kernel *kernel, const struct regs *regs,
			     const struct slab *slab, uint64_t decoded, struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	struct choice choice = {0};

	for (unsigned i = 0; slab->cache->hardened && i < slab->objects; i++) {
		uint64_t object = slab_object_start(slab, i), at = object + slab->cache->offset;
		uint64_t raws[] = {decoded ^ slab->cache->random ^ __builtin_bswap64(at),
				   decoded ^ slab->cache->random ^ at};

		for (size_t j = 0; j < ARRAY_SIZE(raws); j++)
			if (value_looks(raws[j], looks) && looks[0].confidence >= VALUE_TELLING) {
				choice.chance = MAX(choice.chance, value_chance(&looks[0]));
				weigh(&choice, object, raws[j], regs && regs_holding(regs, object),
				      freelist_culprit_run_up(kernel, slab, object, raws[j]) >=
					      FREELIST_CULPRIT_RUN_UP_MIN);
			}
	}
	if (!choice.best.candidates)
		return false;
	*culprit = choice.best;
	culprit->computed = true;
	culprit->chance = MIN(0.9, 2 * slab->objects * choice.chance);
	culprit->common = with_blanks(choice.first, choice.differ);
	culprit->confidence = culprit->candidates == 1				 ? 0.95
			      : choice.held == 1 || choice.rank & RANK_RUN_UP_TO ? 0.9
										 : 0.75;
	culprit->confidence *= 1 - culprit->chance;
	/* How much the bytes look like a word is too little to tell objects apart. */
	if (culprit->candidates > 1 && (choice.rank < RANK_RUN_UP_TO || choice.ties))
		culprit->object = 0;
	return true;
}

bool freelist_culprit_find(struct kernel *kernel, const struct regs *regs, const struct slab *slab,
			   const struct freelist_break *broken, struct culprit *ret)
{
	*ret = (struct culprit){0};
	if (broken->object) {
		*ret = (struct culprit){.object = broken->object,
					.raw = broken->raw,
					.confidence = 1,
					.candidates = 1};
		return true;
	}
	if (culprit_stores(kernel, slab, broken->decoded, ret) ||
	    culprit_computed(kernel, regs, slab, broken->decoded, ret))
		return true;
	ret->common = slab->cache->hardened ? 0 : broken->decoded;
	return false;
}
