/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_CODE_H
#define TRIAGE_FAKE_CODE_H

#include <stdio.h>
#include <string.h>

#include "fake_slab.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/mm/slab_page.h"
#include "kernel/unwind/frame.h"
#include "memory/provenance.h"
#include "memory/provenance_trail.h"

/*
 * A crash in machine code of the test's own, with callers, stack and objects. Include it in one file
 * of a test program.
 */

/* Functions lie in slots of this size from CODE on. */
#define CODE (FAKE_BASE + 0x8000)
#define SLOT 0x100
#define FUNCTION(i) (CODE + SLOT * (uint64_t)(i))
#define NODE (FAKE_BASE + 0x4000)
#define OTHER (FAKE_BASE + 0x4100)
#define STACK (FAKE_BASE + 0x6000) /* of the faulting function: where its return address is */
#define BAD 0xffff87c5eafa5600ull
#define OTHER_BAD 0xffff87c5deadb000ull
#define USB 0x0072006900560318ull
#define ASCII 0x4847464544434241ull
#define NOW 0x1111222233334444ull /* in NODE + 0x20 */
#define RSI 0x5000ull

#define RAX_RDX "48 8b 10"  /* mov (%rax),%rdx: the fault */
#define LOAD "48 8b 47 18 " /* mov 0x18(%rdi),%rax */

static struct crash crash;
static struct frame frames[8];
static struct bad_value found;

/* The only slab is the first. */
struct err *slab_page_read_at(struct kernel *of, uint64_t descriptor, struct slab *ret)
{
	(void)of;
	(void)descriptor;
	*ret = fake_slabs.slabs[0];
	return fake_slabs.count ? NULL : err_new(ERR_NOT_FOUND, "no slab");
}

/* --- types ------------------------------------------------------------------------------------ */

static uint32_t function_of(struct btf_build *b, const char *name, uint32_t result, unsigned count,
			    const uint32_t *parameters)
{
	uint32_t proto = b_head(b, NULL, B_FUNC_PROTO << 24 | count, result);

	for (unsigned i = 0; i < count; i++) {
		b_u32(b, b_string(b, "p"));
		b_u32(b, parameters[i]);
	}
	return b_plain(b, B_FUNC, name, proto);
}

/* struct node { long depth; struct list_head link; struct node *peer, **table; … } */
static void node_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	/* A pointer may come before what it points to: the struct's id is the fourth from here. */
	uint32_t node_id = list + 3;
	uint32_t to_node = b_plain(b, B_PTR, "", node_id);
	uint32_t to_table = b_plain(b, B_PTR, "", to_node);
	uint32_t node = b_record(b, B_STRUCT, "node", 48, 5, "depth", l, 0, "link", list, 64,
				 "peer", to_node, 192, "table", to_table, 256, "count", i, 320);
	uint32_t to_list = b_plain(b, B_PTR, "", list);
	uint32_t to_int = b_plain(b, B_PTR, "", i);
	uint32_t cpu = b_record(b, B_STRUCT, "kmem_cache_cpu", 24, 3, "freelist", to_int, 0, "tid",
				l, 64, "slab", to_int, 128);
	uint32_t to_cpu = b_plain(b, B_PTR, "", cpu);

	function_of(b, "take", l, 1, &to_cpu);
	ck_assert_uint_eq(node, node_id);
	function_of(b, "member", to_node, 1, &to_node);
	function_of(b, "clone", l, 3, (uint32_t[]){to_int, l, to_node});
	function_of(b, "twins", l, 3, (uint32_t[]){to_node, l, to_node});
	function_of(b, "container", l, 1, &to_list);
	b_plain(b, B_VAR, "global_node", to_node);
	b_u32(b, 1);
}

static void setup(void)
{
	fake_open(node_types);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	assert_ok(disasm_open(&kernel.disasm));
	crash = (struct crash){.kernel = &kernel, .cpu = -1};
	memset(frames, 0, sizeof(frames));
	crash.trace.frames = frames;
	found = (struct bad_value){0};
	fake_u64(NODE + 0x18, BAD);
}

static void teardown(void)
{
	bad_value_deinit(&found);
	disasm_close(kernel.disasm);
	fake_close();
}

/* --- putting a crash together ----------------------------------------------------------------- */

static size_t put_bytes(uint64_t address, const char *hex)
{
	uint8_t bytes[SLOT];
	size_t n = 0;
	unsigned byte;

	for (; n < sizeof(bytes) && sscanf(hex, "%x", &byte) == 1; hex += 2 + (hex[2] == ' '))
		bytes[n++] = (uint8_t)byte;
	fake_put(address, bytes, n);
	return n;
}

/* Code up to the place of interest, then from it on. Returns that place. */
static uint64_t put_function(unsigned slot, const char *name, const char *before, const char *after)
{
	fake_symbol(name, FUNCTION(slot));
	fake_symbol("end", FUNCTION(slot) + SLOT - 16);
	size_t length = put_bytes(FUNCTION(slot), before);

	put_bytes(FUNCTION(slot) + length, after);
	return FUNCTION(slot) + length;
}

/* The next frame outwards; return_slot is where its return address was read, 0 for the fault. */
static void add_frame(uint64_t address, uint64_t return_slot)
{
	frames[crash.trace.count++] = (struct frame){.address = address,
						     .exact = !return_slot,
						     .return_slot = return_slot,
						     .sp = return_slot ? return_slot + 8 : STACK,
						     .source = FOUND_ORC};
	if (return_slot)
		fake_u64(return_slot, address);
}

static void set(enum reg reg, uint64_t value)
{
	regs_set(&crash.regs, reg, value);
}

static inline void trace(enum reg reg, uint64_t value)
{
	if (reg != REG_RIP)
		set(reg, value);
	provenance_trace(&crash, reg, value, &found);
}

/* A single function, faulting at the second part of its code; RDI is still the node. */
static inline void fault_in(const char *name, const char *before, const char *after)
{
	add_frame(put_function(0, name, before, after), 0);
	add_frame(FUNCTION(20), STACK);
	set(REG_RDI, NODE);
}

static inline bool said(const char *text, const char *evidence)
{
	bool proven = !strcmp(evidence, "proven");

	for (size_t i = 0; i < found.step_count; i++)
		if (strstr(found.steps[i].text, text) && found.steps[i].proven == proven)
			return true;
	return false;
}

/* For a message, at the end of a test. */
static inline const char *all_said(void)
{
	static char all[8192];
	size_t length = 0;

	for (size_t i = 0; i < found.step_count && length < sizeof(all); i++)
		length += (size_t)snprintf(all + length, sizeof(all) - length, "%s [%s]\n",
					   found.steps[i].text,
					   found.steps[i].proven ? "proven" : "inferred");
	return all;
}

#define assert_said(text, evidence) ck_assert_msg(said(text, evidence), "%s", all_said())

static inline void assert_loaded(uint64_t address, uint64_t value)
{
	ck_assert_msg(found.found && found.held, "%s", all_said());
	ck_assert_uint_eq(found.address, address);
	ck_assert_uint_eq(found.value, value);
}

static inline TCase *tcase(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	return tc;
}

#endif
