/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/freelist_corruption.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "describe.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "memory/object_damage.h"
#include "memory/value.h"

#define TELLING 0.9	       /* a look that chance does not make */
#define CLEARED_OVERRUN_MIN 24 /* bytes the object in front must end with */

/* --- which object ----------------------------------------------------------------------------- */

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

static bool in_registers(const json_t *registers, uint64_t address)
{
	const char *name;
	json_t *value;
	uint64_t held;

	json_object_foreach((json_t *)registers, name,
			    value) if (json_address_value(value, &held) &&
				       held == address) return true;
	return false;
}

/* Words don't turn to capitals in their middle, and are made of letters: 0 is best. */
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

/* Bytes like raw that the object in front of this one ends with. */
static uint64_t stretch_in_front(struct kernel *kernel, const struct slab *slab, uint64_t object,
				 uint64_t raw)
{
	uint64_t length = 0, word;

	while (object - slab->base >= length + slab->cache->size && length < slab->cache->size &&
	       err_ok(memory_read_u64(kernel->memory, object - length - 8, &word)) &&
	       value_alike(word, raw))
		length += 8;
	return length;
}

/*
 * Objects by how well they fit. Where neighbours in the slab give bytes alike, the one the crash
 * still has a register on is the one that was taken last; of two of these, the one that such bytes
 * run up to, or else whose bytes make a word.
 */
struct choice {
	struct culprit best;
	unsigned rank, ties, held; /* held: candidates in registers */
	double chance;		   /* of one try */
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
 * The object has been cleared since (init_on_alloc). But hardening mixes the pointer with the
 * place it was stored at: undone for each object in turn, only the right one gives bytes that
 * look like something.
 */
static bool culprit_computed(struct kernel *kernel, const json_t *registers,
			     const struct slab *slab, uint64_t decoded, struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	struct choice choice = {0};

	for (unsigned i = 0; slab->cache->hardened && i < slab->objects; i++) {
		uint64_t object = slab_object_start(slab, i), at = object + slab->cache->offset;
		uint64_t raws[] = {decoded ^ slab->cache->random ^ __builtin_bswap64(at),
				   decoded ^ slab->cache->random ^ at};

		for (size_t j = 0; j < ARRAY_SIZE(raws); j++)
			if (value_looks(raws[j], looks) && looks[0].confidence >= TELLING) {
				choice.chance = MAX(choice.chance, value_chance(&looks[0]));
				weigh(&choice, object, raws[j], in_registers(registers, object),
				      stretch_in_front(kernel, slab, object, raws[j]) >=
					      CLEARED_OVERRUN_MIN);
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
	/* Nothing but the words' looks tells them apart: too little to name one. */
	if (culprit->candidates > 1 && (choice.rank < RANK_RUN_UP_TO || choice.ties))
		culprit->object = 0;
	return true;
}

bool freelist_culprit(struct kernel *kernel, const json_t *registers, const struct slab *slab,
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
	    culprit_computed(kernel, registers, slab, broken->decoded, ret))
		return true;
	ret->common = slab->cache->hardened ? 0 : broken->decoded;
	return false;
}

/* --- what is said of it ----------------------------------------------------------------------- */

static void show_look(struct findings *findings, const struct value_look *look, double factor,
		      const char *text)
{
	double confidence = look->confidence * factor;

	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_NOTICE, confidence,
		    json_pack("{s:s, s:s, s:f}", "kind", look->kind, "text", text, "confidence",
			      confidence),
		    "%s", text);
}

static void show_looks(struct findings *findings, const struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	size_t count = value_looks(culprit->raw, looks);
	char text[320];

	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text),
			 "what overwrote the free pointer, 0x%016" PRIx64 ", looks like %s",
			 culprit->raw, looks[i].text);
		show_look(findings, &looks[i], 1 - culprit->chance, text);
	}
}

/* Which object it was is not known, but what was written is: what all candidates share. */
static void show_common_look(struct findings *findings, const struct culprit *culprit)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	char text[320];

	if (!culprit->common || !value_looks(culprit->common, looks) ||
	    looks[0].confidence < TELLING)
		return;
	snprintf(text, sizeof(text),
		 "what overwrote a free pointer of this slab looks like %s, "
		 "whichever of its objects it was in",
		 looks[0].text);
	show_look(findings, &looks[0], 0.97 * (1 - culprit->chance), text);
}

static void show_holder(struct kernel *kernel, struct findings *findings, const struct slab *slab,
			const struct culprit *culprit)
{
	uint64_t at = culprit->object + slab->cache->offset;
	struct owner owner;

	owner_find(kernel, culprit->object, &owner);
	finding_add(findings, FINDING_HOLDER, SEVERITY_NOTICE, culprit->confidence,
		    json_pack("{s:o, s:o, s:s, s:I}", "address", json_address(at), "owner",
			      describe_owner(&owner), "member", "free pointer", "offset",
			      (json_int_t)slab->cache->offset),
		    "the bad value %s in the free pointer of %s object 0x%016" PRIx64,
		    culprit->computed ? "stood" : "stands", slab->cache->name, culprit->object);
}

static void say_overrun(struct findings *findings, const struct slab_object *object, int64_t from,
			int64_t to, double confidence)
{
	finding_add(findings, FINDING_OVERRUN, SEVERITY_CRITICAL, confidence,
		    json_pack("{s:o, s:o, s:s, s:i, s:i, s:s}", "object",
			      json_address(object->start), "overrun_from",
			      json_address(slab_object_start(&object->slab, object->index - 1)),
			      "cache", object->slab.cache->name, "words_before", (int)(-from / 8),
			      "words_in", (int)(to / 8), "evidence", EVIDENCE_INFERRED),
		    "the %s object before it was overrun: the same bytes run from its end over the "
		    "free pointer of the next",
		    object->slab.cache->name);
}

/*
 * What was written runs on from the object in front: it was overrun. Of an object cleared since
 * only that is left which the one in front ends with.
 */
static void show_overrun(struct findings *findings, struct kernel *kernel,
			 const struct slab_object *object, const struct culprit *culprit)
{
	uint64_t at = culprit->object + object->slab.cache->offset;
	struct object_shape shape;

	if (!culprit->computed) {
		if (err_ok(object_shape_read(kernel, object, at, (struct type){0}, &shape)) &&
		    shape.damage == DAMAGE_OVERRUN)
			say_overrun(findings, object, shape.from, shape.to, shape.confidence);
		return;
	}
	int64_t from =
		-(int64_t)stretch_in_front(kernel, &object->slab, object->start, culprit->raw);
	if (from <= -CLEARED_OVERRUN_MIN)
		say_overrun(findings, object, from, (int64_t)(at + 8 - object->start),
			    (from <= -2 * CLEARED_OVERRUN_MIN ? 0.85 : 0.7) * culprit->confidence);
}

/* The object in front of the overwritten one: who may have run over its end. */
static void put_neighbour(struct kernel *kernel, const struct slab *slab, uint64_t object,
			  json_t *json)
{
	uint64_t index = (object - slab->base) / slab->cache->size;
	struct owner owner;

	if (!index)
		return;
	owner_find(kernel, slab_object_start(slab, (unsigned)index - 1), &owner);
	json_put(json, "before", describe_owner(&owner));
}

void freelist_damage_show(struct kernel *kernel, struct findings *findings, const struct slab *slab,
			  const struct freelist_break *broken, const struct culprit *culprit,
			  const char *list, bool near)
{
	bool known = culprit->object;
	struct slab_object object;
	/* that a list breaks was read from it; whose pointer broke it may have been worked out */
	bool proven = !culprit->computed || (!known && strcmp(list, "fault"));
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:s}", "cache",
				 slab->cache->name, "slab", json_address(slab->address), "object",
				 known ? json_address(culprit->object) : json_null(), "raw",
				 known ? json_address(culprit->raw) : json_null(), "decoded",
				 json_address(broken->decoded), "why", freelist_break_name(broken),
				 "list", list, "near", near, "evidence",
				 proven ? EVIDENCE_PROVEN : EVIDENCE_INFERRED);
	if (!known) {
		finding_add(findings, FINDING_FREELIST, SEVERITY_CRITICAL, 1.0, json,
			    "broken free list in %s: it %s", slab->cache->name,
			    freelist_break_name(broken));
		show_common_look(findings, culprit);
		return;
	}
	if (slab->cache->arrays) {
		/* An index in the slab's descriptor, where no object of the cache's could reach. */
		finding_add(findings, FINDING_FREELIST, SEVERITY_CRITICAL, 1.0, json,
			    "broken free list in %s: what is chained to object 0x%016" PRIx64 " %s",
			    slab->cache->name, culprit->object, freelist_break_name(broken));
		return;
	}
	put_neighbour(kernel, slab, culprit->object, json);
	finding_add(findings, FINDING_FREELIST, SEVERITY_CRITICAL, culprit->confidence, json,
		    "broken free list in %s: the free pointer of object 0x%016" PRIx64 " %s",
		    slab->cache->name, culprit->object, freelist_break_name(broken));
	if (broken->why == BREAK_LOOP)
		return; /* nothing foreign was written */
	show_looks(findings, culprit);
	show_holder(kernel, findings, slab, culprit);
	if (err_ok(slab_find(kernel, culprit->object, &object)))
		show_overrun(findings, kernel, &object, culprit);
}
