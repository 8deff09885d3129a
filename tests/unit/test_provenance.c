/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "fake_slab.h"
#include "provenance.h"

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

static struct crash crash;
static struct frame frames[8];
static struct provenance found;

/* owner.c's, which nothing asked for here needs. */
void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
	(void)of;
}

const char *owner_kind_name(enum owner_kind kind)
{
	(void)kind;
	return "unknown";
}

void owner_text(const struct owner *owner, char *buf, size_t size)
{
	(void)owner;
	copy_text(buf, size, "an object");
}

/* A page is its number; the only slab is the first. */
bool page_to_phys(struct kernel *of, uint64_t page, uint64_t *phys)
{
	(void)of;
	*phys = page;
	return true;
}

struct err *page_of_phys(struct kernel *of, uint64_t phys, struct page_info *ret)
{
	(void)of;
	*ret = (struct page_info){.page = phys, .head = phys};
	return NULL;
}

struct err *slab_of_page(struct kernel *of, const struct page_info *page, struct slab *ret)
{
	(void)of;
	(void)page;
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
	uint32_t node = b_record(b, B_STRUCT, "node", 48, 5, "depth", l, 0, "link", list, 64, "peer",
				 to_node, 192, "table", to_table, 256, "count", i, 320);
	uint32_t to_list = b_plain(b, B_PTR, "", list);
	uint32_t to_int = b_plain(b, B_PTR, "", i);
	uint32_t cpu = b_record(b, B_STRUCT, "kmem_cache_cpu", 24, 3, "freelist", to_int, 0, "tid", l,
				64, "slab", to_int, 128);
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
	found = (struct provenance){0};
	fake_u64(NODE + 0x18, BAD);
}

static void teardown(void)
{
	json_decref(found.steps);
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
	frames[crash.trace.count++] = (struct frame){
		.address = address, .exact = !return_slot, .return_slot = return_slot,
		.sp = return_slot ? return_slot + 8 : STACK, .source = FOUND_ORC};
	if (return_slot)
		fake_u64(return_slot, address);
}

static void set(enum reg reg, uint64_t value)
{
	regs_set(&crash.regs, reg, value);
}

static void trace(enum reg reg, uint64_t value)
{
	if (reg != REG_RIP)
		set(reg, value);
	assert_ok(provenance_trace(&crash, reg, value, &found));
}

/* A single function, faulting at the second part of its code; RDI is still the node. */
static void fault_in(const char *name, const char *before, const char *after)
{
	add_frame(put_function(0, name, before, after), 0);
	add_frame(FUNCTION(20), STACK);
	set(REG_RDI, NODE);
}

static bool said(const char *text, const char *evidence)
{
	json_t *step;
	size_t i;

	json_array_foreach(found.steps, i, step)
		if (strstr(json_string_value(json_object_get(step, "text")), text) &&
		    !strcmp(json_string_value(json_object_get(step, "evidence")), evidence))
			return true;
	return false;
}

static const char *all_said(void)
{
	return json_dumps(found.steps, JSON_INDENT(1)); /* for a message, at the end of a test */
}

#define assert_said(text, evidence) ck_assert_msg(said(text, evidence), "%s", all_said())

static void assert_loaded(uint64_t address, uint64_t value)
{
	ck_assert_msg(found.found && found.held, "%s", all_said());
	ck_assert_uint_eq(found.address, address);
	ck_assert_uint_eq(found.value, value);
}

/* --- where a value was loaded ------------------------------------------------------------------ */

START_TEST(member_of_the_argument)
{
	fault_in("member", "48 8b 47 18" /* mov 0x18(%rdi),%rax */,
		 "48 8b 50 08" /* mov 0x8(%rax),%rdx */);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_uint_eq(found.offset, 0x18);
	ck_assert_str_eq(found.type, "struct node");
	ck_assert_str_eq(found.member, "peer");
	ck_assert(!found.guessed && found.whole);
	assert_said("member+0x0: mov 0x18(%rdi),%rax: loaded from", "proven");
	assert_said("that is struct node.peer, at offset 24", "proven");
	assert_said("member() got it as argument 1, in rdi", "proven");
}
END_TEST

START_TEST(memory_has_changed_since)
{
	fake_u64(NODE + 0x18, OTHER_BAD);
	fault_in("member", "48 8b 47 18" /* mov 0x18(%rdi),%rax */, "48 8b 50 08");
	trace(REG_RAX, BAD);
	ck_assert(found.found && !found.held);
	assert_said("which holds another value by now", "inferred");
}
END_TEST

START_TEST(an_address_that_is_lost)
{
	fault_in("member",
		 "48 8b 47 18 " /* mov 0x18(%rdi),%rax */
		 "31 ff" /* xor %edi,%edi */,
		 "48 8b 50 08");
	set(REG_RDI, 0);
	trace(REG_RAX, BAD);
	ck_assert(!found.found);
	assert_said("loaded here, from an address that is lost", "inferred");
	/* The type is known all the same. */
	assert_said("that is struct node.peer", "proven");
}
END_TEST

/* The founding case's shape: the callee saved the register that the caller loaded by. */
START_TEST(through_the_caller_by_a_saved_register)
{
	uint64_t fault = put_function(0, "callee",
				      "53 "	 /* push %rbx */
				      "48 89 fb" /* mov %rdi,%rbx */,
				      "48 8b 7f 40" /* mov 0x40(%rdi),%rdi */);
	uint64_t call = put_function(1, "clone.isra.3",
				     "53 "	  /* push %rbx */
				     "48 89 f3 "  /* mov %rsi,%rbx */
				     "48 8b 7b 18" /* mov 0x18(%rbx),%rdi */,
				     "e8 f3 fe ff ff " /* call callee */
				     "5b c3");

	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 0x10);
	fake_u64(STACK - 8, NODE); /* callee's push */
	set(REG_RBX, BAD);
	trace(REG_RDI, BAD);
	assert_loaded(NODE + 0x18, BAD);
	/* The clone's node came in RSI, though it is the third parameter. */
	ck_assert_str_eq(found.type, "struct node");
	ck_assert_str_eq(found.member, "peer");
	ck_assert(found.guessed);
	assert_said("callee() got it as argument 1, in rdi", "proven");
	assert_said("the only parameter that fits", "inferred");
}
END_TEST

START_TEST(a_clone_with_two_fitting_parameters_has_no_name)
{
	fault_in("twins.constprop.0", "48 8b 47 18" /* mov 0x18(%rdi),%rax */, "48 8b 50 08");
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_str_eq(found.type, "");
}
END_TEST

START_TEST(before_the_start_of_an_embedded_struct)
{
	fault_in("container", "48 8b 47 f8" /* mov -0x8(%rdi),%rax */, "48 8b 10");
	fake_u64(NODE - 8, BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE - 8, BAD);
	ck_assert_str_eq(found.member, "");
	assert_said("8 bytes before a struct list_head", "proven");
}
END_TEST

START_TEST(an_element_of_an_array_of_pointers)
{
	fault_in("member",
		 "48 8b 47 20 "	 /* mov 0x20(%rdi),%rax */
		 "48 8b 14 f0 "	 /* mov (%rax,%rsi,8),%rdx */
		 "48 8b 4a 18" /* mov 0x18(%rdx),%rcx */,
		 "48 8b 01" /* mov (%rcx),%rax */);
	fake_u64(NODE + 0x20, OTHER);	     /* table */
	fake_u64(OTHER + 3 * 8, NODE + 0x80); /* table[3] */
	fake_u64(NODE + 0x98, BAD);
	set(REG_RSI, 3);
	set(REG_RAX, OTHER);
	set(REG_RDX, NODE + 0x80);
	trace(REG_RCX, BAD);
	assert_loaded(NODE + 0x98, BAD);
	ck_assert_str_eq(found.member, "peer");
	assert_said("loaded from 0xffff888000004118, which still holds the value", "proven");
	assert_said("that is node.table[3], a struct node *", "proven");
	assert_said("that is struct node.table, at offset 32", "proven");
}
END_TEST

START_TEST(a_variable)
{
	fake_symbol("global_node", NODE + 0x18);
	fake_symbol("after", NODE + 0x20);
	/* mov 0x18(%rip),%rax from CODE + 7 */
	fault_in("reader", "48 8b 05 11 c0 ff ff", "48 8b 10" /* mov (%rax),%rdx */);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("<global_node>: loaded from 0xffff888000004018, which still", "proven");
	assert_said("that is global_node, a struct node *", "proven");
}
END_TEST

/* Handed out from a CPU's list of free objects, on which another's free pointer had put it. */
START_TEST(a_free_pointer_before_the_list)
{
	const struct slab *slab = fake_slab("kmalloc-64", FAKE_BASE + 0x10000, 64, 16);
	uint64_t culprit = slab_object_start(slab, 7);

	fault_in("take", "48 8b 07" /* mov (%rdi),%rax */, "48 8b 10");
	fake_u64(NODE, ASCII);
	fake_u64(culprit, ASCII);
	trace(REG_RAX, ASCII);
	assert_said("that is struct kmem_cache_cpu.freelist", "proven");
	/* Unhardened, the list's value is the pointer itself: which object's is not asked. */
	ck_assert(!found.found);
	fake_slabs.caches[0].hardened = true;
	fake_slabs.caches[0].random = NOW;
	json_decref(found.steps);
	fake_u64(culprit, 0);
	uint64_t decoded = USB ^ NOW ^ __builtin_bswap64(culprit);
	fake_u64(NODE, decoded);
	set(REG_R12, culprit);
	trace(REG_RAX, decoded);
	assert_said("free pointer of kmalloc-64 object 0xffff8880000101c0: 0x0072006900560318",
		    "inferred");
	ck_assert_uint_eq(found.address, culprit);
	ck_assert(found.found && !found.held);
}
END_TEST

START_TEST(a_per_cpu_variable)
{
	fault_in("reader", "65 48 8b 04 25 18 00 00 00" /* mov %gs:0x18,%rax */, "48 8b 10");
	set(REG_GS_BASE, NODE);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

/* --- what code does to a value ------------------------------------------------------------------ */

#define RAX_RDX "48 8b 10" /* mov (%rax),%rdx: the fault */
#define LOAD "48 8b 47 18 " /* mov 0x18(%rdi),%rax */

static const struct {
	const char *before;
	uint64_t stored; /* at NODE + 0x18 */
	uint64_t value;	 /* of rax at the fault */
	uint64_t loaded; /* what is known of stored; 0: the chain ends before */
	bool part;	 /* not all of its bits are */
} shapes[] = {
	{LOAD "48 83 c0 30" /* add $0x30,%rax */, BAD, BAD + 0x30, BAD},
	{LOAD "48 83 e8 30" /* sub $0x30,%rax */, BAD, BAD - 0x30, BAD},
	{LOAD "48 83 c0 d0" /* add $-0x30,%rax */, BAD, BAD - 0x30, BAD},
	{LOAD "48 8d 40 f8" /* lea -0x8(%rax),%rax */, BAD, BAD - 8, BAD},
	{LOAD "48 01 f0" /* add %rsi,%rax */, BAD, BAD + RSI, BAD},
	{LOAD "48 8d 04 b0" /* lea (%rax,%rsi,4),%rax */, BAD, BAD + 4 * RSI, BAD},
	{LOAD "48 33 47 20" /* xor 0x20(%rdi),%rax */, BAD, BAD ^ NOW, BAD},
	{LOAD "48 31 f0" /* xor %rsi,%rax */, BAD, BAD ^ RSI, BAD},
	/* A hardened free pointer: xor with a random number and the swapped address. */
	{LOAD "48 8d 4f 18 "	/* lea 0x18(%rdi),%rcx */
	      "48 33 47 20 "	/* xor 0x20(%rdi),%rax */
	      "48 0f c9 "	/* bswap %rcx */
	      "48 31 c8" /* xor %rcx,%rax */,
	 ASCII, ASCII ^ NOW ^ 0x184000008088ffffull, ASCII},
	{LOAD "48 0f c8" /* bswap %rax */, BAD, 0x0056faeac587ffffull, BAD},
	{LOAD "48 f7 d0" /* not %rax */, BAD, ~BAD, BAD},
	{LOAD "48 f7 d8" /* neg %rax */, BAD, -BAD, BAD},
	{LOAD "48 ff c0" /* inc %rax */, BAD, BAD + 1, BAD},
	{LOAD "48 ff c8" /* dec %rax */, BAD, BAD - 1, BAD},
	{LOAD "48 c1 c0 08" /* rol $0x8,%rax */, ASCII, 0x4746454443424148ull, ASCII},
	{LOAD "48 c1 c8 08" /* ror $0x8,%rax */, ASCII, 0x4148474645444342ull, ASCII},
	/* Masks and shifts lose bits: what is left is compared. */
	{LOAD "48 83 e0 f0" /* and $-0x10,%rax */, BAD | 5, BAD, BAD, true},
	{LOAD "48 83 c8 01" /* or $0x1,%rax */, BAD, BAD | 1, BAD, true},
	{LOAD "48 c1 e8 04" /* shr $0x4,%rax */, BAD | 5, BAD >> 4, BAD, true},
	{LOAD "48 c1 f8 04" /* sar $0x4,%rax */, BAD | 5, 0xfffff87c5eafa560ull, BAD, true},
	{LOAD "48 c1 e0 04" /* shl $0x4,%rax */, ASCII, ASCII << 4, ASCII << 4 >> 4, true},
	{LOAD "48 98" /* cltq */, 0x1234567880000000ull, 0xffffffff80000000ull, 0x80000000, true},
	{"8b 47 18" /* mov 0x18(%rdi),%eax */, ASCII, 0x44434241, 0x44434241, true},
	{"48 63 47 18" /* movslq 0x18(%rdi),%rax */, 0x80000000, 0xffffffff80000000ull, 0x80000000, true},
	{"0f b7 47 18" /* movzwl 0x18(%rdi),%eax */, ASCII, 0x4241, 0x4241, true},
	/* Taken out of memory by an exchange that failed, or put back what was there. */
	{"48 89 f0 "	      /* mov %rsi,%rax */
	 "f0 48 0f b1 57 18" /* lock cmpxchg %rdx,0x18(%rdi) */, BAD, BAD, BAD},
	{"48 87 47 18" /* xchg %rax,0x18(%rdi) */, BAD, BAD, BAD},
	{"f0 48 0f c1 47 18" /* lock xadd %rax,0x18(%rdi) */, BAD, BAD, BAD},
	{"48 8b 57 18 48 92" /* mov 0x18(%rdi),%rdx; xchg %rax,%rdx */, BAD, BAD, BAD},
	/* What cannot be undone. */
	{LOAD "48 6b c0 18" /* imul $0x18,%rax,%rax */, BAD, BAD * 24, 0},
	{LOAD "48 01 c8 31 c9" /* add %rcx,%rax; xor %ecx,%ecx */, BAD, BAD + 5, 0},
	{LOAD "8a 47 20" /* mov 0x20(%rdi),%al */, BAD, BAD + 0x44, 0},
	{LOAD "48 8d 04 00" /* lea (%rax,%rax,1),%rax */, ASCII, 2 * ASCII, 0},
};

START_TEST(shapes_of_code)
{
	fault_in("shape", shapes[_i].before, RAX_RDX);
	fake_u64(NODE + 0x18, shapes[_i].stored);
	fake_u64(NODE + 0x20, NOW);
	set(REG_RSI, RSI);
	trace(REG_RAX, shapes[_i].value);
	if (shapes[_i].loaded) {
		assert_loaded(NODE + 0x18, shapes[_i].loaded);
		ck_assert(found.whole != shapes[_i].part);
	} else {
		ck_assert_msg(!found.found, "%s", all_said());
		assert_said("the chain ends", "inferred");
	}
}
END_TEST

START_TEST(constants)
{
	fault_in("zeroed", "31 c0" /* xor %eax,%eax */, "48 8b 50 10");
	trace(REG_RAX, 0);
	assert_said("xor %eax,%eax: a constant of the code", "proven");
	ck_assert(!found.found);
}
END_TEST

START_TEST(moved_on_by_the_instruction_itself)
{
	fault_in("copy", "48 8b 7e 18" /* mov 0x18(%rsi),%rdi */, "f3 48 a5" /* rep movsq */);
	set(REG_RSI, NODE);
	trace(REG_RDI, BAD + 0x40);
	ck_assert(!found.found);
	assert_said("moved on by the instruction itself", "inferred");
}
END_TEST

/* --- the stack ------------------------------------------------------------------------------------ */

static void call_between(const char *before, const char *after)
{
	fake_symbol("called", FUNCTION(5));
	fault_in("keeps", before, after);
	/* What the call does not keep is not known; the argument is: it is in RBX too. */
	set(REG_RDI, 0);
	set(REG_RBX, NODE);
	fake_u64(STACK - 0x10, BAD);
	fake_u64(STACK - 8, BAD);
}

START_TEST(spilled_below_the_stack_pointer)
{
	call_between("48 83 ec 18 "    /* sub $0x18,%rsp */
		     "48 89 fb "       /* mov %rdi,%rbx */
		     "48 8b 47 18 "    /* mov 0x18(%rdi),%rax */
		     "48 89 44 24 08 " /* mov %rax,0x8(%rsp) */
		     "e8 eb 04 00 00 " /* call called */
		     "48 8b 54 24 08" /* mov 0x8(%rsp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("taken back from the stack at 0xffff888000005ff0", "proven");
	assert_said("mov %rax,0x8(%rsp): put there", "proven");
}
END_TEST

START_TEST(spilled_below_the_frame_pointer)
{
	call_between("55 "	    /* push %rbp */
		     "48 89 e5 "    /* mov %rsp,%rbp */
		     "48 83 ec 10 " /* sub $0x10,%rsp */
		     "48 89 fb "    /* mov %rdi,%rbx */
		     "48 8b 47 18 " /* mov 0x18(%rdi),%rax */
		     "48 89 45 f8 " /* mov %rax,-0x8(%rbp) */
		     "e8 e8 04 00 00 " /* call called */
		     "48 8b 55 f8" /* mov -0x8(%rbp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

START_TEST(pushed_and_popped)
{
	call_between("48 89 fb "    /* mov %rdi,%rbx */
		     "48 8b 47 18 " /* mov 0x18(%rdi),%rax */
		     "50 "	    /* push %rax */
		     "e8 f3 04 00 00 " /* call called */
		     "5a" /* pop %rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("push %rax: put there", "proven");
}
END_TEST

START_TEST(a_local_variable_filled_by_a_pointer_to_it)
{
	call_between("48 83 ec 18 "    /* sub $0x18,%rsp */
		     "48 8d 7c 24 08 " /* lea 0x8(%rsp),%rdi */
		     "e8 f2 04 00 00 " /* call called */
		     "48 8b 54 24 08" /* mov 0x8(%rsp),%rdx */,
		     "48 8b 02" /* mov (%rdx),%rax */);
	trace(REG_RDX, BAD);
	assert_loaded(STACK - 0x10, BAD);
	assert_said("whoever got a pointer to it did", "inferred");
}
END_TEST

START_TEST(an_argument_on_the_stack)
{
	fault_in("deep", "48 8b 44 24 08" /* mov 0x8(%rsp),%rax */, RAX_RDX);
	fake_u64(STACK + 8, BAD);
	trace(REG_RAX, BAD);
	assert_said("as an argument on the stack", "proven");
}
END_TEST

/* --- ways ----------------------------------------------------------------------------------------- */

#define TWO_WAYS                                                                                   \
	"48 85 f6 "    /* test %rsi,%rsi */                                                        \
	"74 06 "       /* je 1f */                                                                 \
	"48 8b 47 20 " /* mov 0x20(%rdi),%rax */                                                   \
	"eb 04 "       /* jmp 2f */                                                                \
	"48 8b 47 18"  /* 1: mov 0x18(%rdi),%rax; 2: */

START_TEST(of_two_ways_the_one_whose_memory_holds_the_value)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x20, OTHER_BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	ck_assert_str_eq(found.member, "peer");
	/* Nothing but the value tells which way: enough, where the value is no common one. */
	assert_said("loaded from 0xffff888000004018, which still holds", "proven");
}
END_TEST

START_TEST(of_two_ways_with_the_same_value_neither)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x18, 0);
	fake_u64(NODE + 0x20, 0);
	trace(REG_RAX, 0);
	ck_assert(!found.found);
	assert_said("several ways lead here", "inferred");
}
END_TEST

START_TEST(a_common_value_by_one_way_of_two_stays_inferred)
{
	fault_in("member", TWO_WAYS, RAX_RDX);
	fake_u64(NODE + 0x18, 0);
	fake_u64(NODE + 0x20, OTHER_BAD);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018, which still holds", "inferred");
}
END_TEST

START_TEST(behind_a_jump_to_where_is_unknown)
{
	fault_in("table",
		 "ff e6 "	/* jmp *%rsi */
		 "90" /* nop */,
		 RAX_RDX);
	trace(REG_RAX, BAD);
	assert_said("how the code came here is not known", "inferred");
}
END_TEST

START_TEST(one_of_two_chosen_by_a_condition)
{
	fault_in("chosen",
		 "48 8b 47 18 "	      /* mov 0x18(%rdi),%rax */
		 "48 85 f6 "	      /* test %rsi,%rsi */
		 "48 0f 44 47 20" /* cmove 0x20(%rdi),%rax */,
		 RAX_RDX);
	fake_u64(NODE + 0x20, BAD + 0x1000);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

#define LIST_LOOP                                                                                  \
	"48 8b 07 "    /* mov (%rdi),%rax */                                                       \
	"31 d2 "       /* xor %edx,%edx */                                                         \
	"48 39 f8 "    /* 1: cmp %rdi,%rax */                                                      \
	"74 09 "       /* je 2f */

#define LIST_LOOP_END                                                                              \
	"48 03 50 10 " /* add 0x10(%rax),%rdx: the fault */                                        \
	"48 8b 00 "    /* mov (%rax),%rax */                                                       \
	"eb f2 "       /* jmp 1b */                                                                \
	"c3"	       /* 2: ret */

START_TEST(a_list_is_walked_again)
{
	fault_in("walk", LIST_LOOP, LIST_LOOP_END);
	for (uint64_t i = 0; i < 5; i++)
		fake_u64(NODE + 0x40 * i, NODE + 0x40 * (i + 1));
	fake_u64(NODE + 0x40 * 5, BAD);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x40 * 5, BAD);
	assert_said("round 5 loads it from 0xffff888000004140", "proven");
}
END_TEST

START_TEST(a_list_that_never_meets_the_value_ends)
{
	fault_in("walk", LIST_LOOP, LIST_LOOP_END);
	fake_u64(NODE, NODE + 0x40);
	fake_u64(NODE + 0x40, NODE + 0x80);
	fake_u64(NODE + 0x80, NODE + 0x40);
	unsigned reads = fake.reads;
	trace(REG_RAX, BAD);
	ck_assert(!found.found || !found.held);
	ck_assert_uint_lt(fake.reads - reads, 200000);
}
END_TEST

/* list_for_each_entry: the pointer is to the node, the link inside of it. */
START_TEST(a_list_of_embedded_links)
{
	fault_in("walk",
		 "48 8b 07 "	   /* mov (%rdi),%rax */
		 "48 8d 58 f8" /* lea -0x8(%rax),%rbx */,
		 "48 8b 13 "	/* 1: mov (%rbx),%rdx: the fault */
		 "48 8b 43 08 " /* mov 0x8(%rbx),%rax */
		 "48 8d 58 f8 " /* lea -0x8(%rax),%rbx */
		 "48 8d 4b 08 " /* lea 0x8(%rbx),%rcx */
		 "48 39 cf "	/* cmp %rcx,%rdi */
		 "75 ec c3" /* jne 1b; ret */);
	fake_u64(NODE, NODE + 0x48);
	fake_u64(NODE + 0x48, NODE + 0x88);
	fake_u64(NODE + 0x88, BAD);
	set(REG_RAX, BAD);
	trace(REG_RBX, BAD - 8);
	assert_loaded(NODE + 0x88, BAD);
}
END_TEST

START_TEST(code_that_only_turns_in_a_circle)
{
	/* Nothing but itself leads to the load, but for the caller. */
	fault_in("spin", "", "48 8b 00 eb fb" /* 1: mov (%rax),%rax; jmp 1b */);
	trace(REG_RAX, BAD);
	ck_assert(!found.found);
}
END_TEST

/* --- from function to function --------------------------------------------------------------------- */

START_TEST(returned_and_clobbered)
{
	fake_symbol("maker", FUNCTION(5));
	fault_in("returned", "e8 fb 04 00 00" /* call maker */, RAX_RDX);
	set(REG_RDI, 0);
	trace(REG_RAX, BAD);
	assert_said("returned by maker()", "inferred");
	json_decref(found.steps);
	trace(REG_RCX, BAD);
	assert_said("the call does not keep rcx", "inferred");
}
END_TEST

/* The call's function has jumped on to the one that faulted: its frame is gone. */
START_TEST(a_tail_call)
{
	uint64_t fault = put_function(0, "member", "", "48 8b 47 18");

	put_function(1, "tail",
		     "48 bf bc 9a 78 56 34 12 00 00 " /* movabs $0x123456789abc,%rdi */
		     "e9 f1 fe ff ff" /* jmp member */,
		     "");
	uint64_t call = put_function(2, "outer", "", "e8 fb fe ff ff c3" /* call tail; ret */);
	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 8);
	trace(REG_RDI, 0x123456789abc);
	assert_said("tail() had jumped there, and left the stack", "proven");
	assert_said("a constant of the code", "proven");
}
END_TEST

START_TEST(a_caller_whose_call_leads_elsewhere)
{
	uint64_t fault = put_function(0, "member", "", "48 8b 47 18");
	uint64_t call = put_function(2, "outer", "", "e8 fb 0f 00 00 c3" /* call somewhere */);

	add_frame(fault, 0);
	add_frame(call + 5, STACK);
	add_frame(FUNCTION(20), STACK + 8);
	trace(REG_RDI, BAD);
	assert_said("its caller called another function", "inferred");
}
END_TEST

START_TEST(a_call_that_led_nowhere)
{
	uint64_t call = put_function(1, "by_pointer",
				     "53 "	/* push %rbx */
				     "48 89 fb" /* mov %rdi,%rbx */,
				     "ff 53 18 5b c3" /* call *0x18(%rbx); pop; ret */);

	add_frame(BAD, 0);
	add_frame(call + 3, STACK);
	add_frame(FUNCTION(20), STACK + 0x10);
	set(REG_RBX, NODE);
	trace(REG_RIP, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("call *0x18(%rbx): called it", "proven");
}
END_TEST

START_TEST(a_retpoline_that_led_nowhere)
{
	put_function(3, "__x86_indirect_thunk_rax", "",
		     "e8 01 00 00 00 cc " /* call 1f; int3 */
		     "48 89 04 24 c3" /* 1: mov %rax,(%rsp); ret */);
	uint64_t call = put_function(1, "by_register",
				     "48 8b 47 18" /* mov 0x18(%rdi),%rax */,
				     "e8 f7 01 00 00 c3" /* call __x86_indirect_thunk_rax */);

	add_frame(BAD, 0);
	add_frame(call + 5, STACK);
	set(REG_RDI, NODE);
	set(REG_RAX, BAD);
	trace(REG_RIP, BAD);
	assert_loaded(NODE + 0x18, BAD);
}
END_TEST

START_TEST(through_the_cold_part)
{
	put_function(1, "hot.cold", "",
		     "48 8b 46 18 " /* mov 0x18(%rsi),%rax */
		     "e9 00 ff ff ff" /* jmp 2b */);
	fault_in("hot",
		 "48 85 ff "		/* test %rdi,%rdi */
		 "0f 84 f7 00 00 00" /* je hot.cold */,
		 "48 8b 10 c3" /* 2: mov (%rax),%rdx; ret */);
	set(REG_RSI, NODE);
	trace(REG_RAX, BAD);
	assert_loaded(NODE + 0x18, BAD);
	assert_said("hot.cold+0x0: mov 0x18(%rsi),%rax", "proven");
}
END_TEST

START_TEST(frames_that_are_no_calls_end_it)
{
	fault_in("member", "", "48 8b 47 18");
	frames[1].kind = FRAME_ENTRY;
	trace(REG_RDI, BAD);
	assert_said("entered by an interrupt or exception", "inferred");
	json_decref(found.steps);
	frames[1].kind = FRAME_CALL;
	frames[1].source = FOUND_SCAN;
	trace(REG_RDI, BAD);
	assert_said("its caller is not known for certain", "inferred");
}
END_TEST

/* --- what a damaged dump may hold -------------------------------------------------------------------- */

START_TEST(code_that_cannot_be_read)
{
	fake_symbol("far", FAKE_BASE + 0x10000000);
	add_frame(FAKE_BASE + 0x10000010, 0);
	trace(REG_RAX, BAD);
	assert_said("cannot be read", "inferred");
	ck_assert(!found.found);
}
END_TEST

/* A page of text that was cleared or left out decodes too, as sums into memory. */
START_TEST(code_that_is_all_zeroes)
{
	fault_in("cleared", "00 00 00 00 00 00 00 00", RAX_RDX);
	trace(REG_RAX, BAD);
	assert_said("how the code came here is not known", "inferred");
	json_decref(found.steps);
	trace(REG_RDI, BAD);
	ck_assert(!said("got it as argument 1", "proven"));
}
END_TEST

/* The end of the function is out of reach, but no way leads there. */
START_TEST(code_whose_end_is_not_known)
{
	uint64_t fault = put_function(0, "short", "48 8b 47 18", "48 8b 10 c3");

	fake.symbol_count = 1; /* without the next symbol, it has no size */
	add_frame(fault, 0);
	set(REG_RDI, NODE);
	fake_u64(NODE + 0x18, 0);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018", "proven");
	json_decref(found.steps);
	put_bytes(fault, "48 8b 10 0f 84 00 00 01 00 c3"); /* je far beyond; ret */
	crash.trace.count = 0;
	add_frame(fault, 0);
	fake_symbol("far", FUNCTION(0) + 0x20000);
	trace(REG_RAX, 0);
	assert_said("loaded from 0xffff888000004018", "inferred");
}
END_TEST

START_TEST(a_fault_between_two_instructions)
{
	add_frame(put_function(0, "member", "48 8b 47 18", "48 8b 50 08") + 1, 0);
	trace(REG_RAX, BAD);
	assert_said("the chain ends", "inferred");
}
END_TEST

/* Callers without end, each passing on what it got. */
START_TEST(very_many_callers)
{
	uint64_t call = put_function(1, "again", "", "e8 fb ff ff ff c3" /* call itself */);

	add_frame(FUNCTION(1), 0);
	for (unsigned i = 1; i < ARRAY_SIZE(frames); i++)
		add_frame(call + 5, STACK + 8 * i);
	set(REG_RDI, BAD);
	trace(REG_RDI, BAD);
	ck_assert_uint_le(json_array_size(found.steps), 2 * PROVENANCE_STEPS);
}
END_TEST

/* 16 KiB of code, where each instruction may lead to any other by way of the rest. */
START_TEST(very_much_code)
{
	static uint8_t code[0x8000];

	for (size_t i = 0; i + 6 <= sizeof(code); i += 6) {
		/* je 0x10 back; mov (%rax),%rax; nop */
		static const uint8_t step[] = {0x74, 0xee, 0x48, 0x8b, 0x00, 0x90};

		memcpy(code + i, step, sizeof(step));
	}
	fake_symbol("huge", FUNCTION(0));
	fake_put(FUNCTION(0), code, sizeof(code));
	add_frame(FUNCTION(0) + 6 * 2000, 0);
	trace(REG_RAX, BAD);
	ck_assert(!found.found || !found.held);
	ck_assert_uint_lt(fake.reads, 500000);
}
END_TEST

static TCase *tcase(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	return tc;
}

static void add_loads(Suite *s)
{
	TCase *tc = tcase("loads");

	tcase_add_test(tc, member_of_the_argument);
	tcase_add_test(tc, memory_has_changed_since);
	tcase_add_test(tc, an_address_that_is_lost);
	tcase_add_test(tc, through_the_caller_by_a_saved_register);
	tcase_add_test(tc, a_clone_with_two_fitting_parameters_has_no_name);
	tcase_add_test(tc, before_the_start_of_an_embedded_struct);
	tcase_add_test(tc, an_element_of_an_array_of_pointers);
	tcase_add_test(tc, a_variable);
	tcase_add_test(tc, a_free_pointer_before_the_list);
	tcase_add_test(tc, a_per_cpu_variable);
	tcase_add_loop_test(tc, shapes_of_code, 0, ARRAY_SIZE(shapes));
	tcase_add_test(tc, constants);
	tcase_add_test(tc, moved_on_by_the_instruction_itself);
	tcase_add_test(tc, spilled_below_the_stack_pointer);
	tcase_add_test(tc, spilled_below_the_frame_pointer);
	tcase_add_test(tc, pushed_and_popped);
	tcase_add_test(tc, a_local_variable_filled_by_a_pointer_to_it);
	tcase_add_test(tc, an_argument_on_the_stack);
	suite_add_tcase(s, tc);
}

static void add_ways(Suite *s)
{
	TCase *tc = tcase("ways");

	tcase_add_test(tc, of_two_ways_the_one_whose_memory_holds_the_value);
	tcase_add_test(tc, of_two_ways_with_the_same_value_neither);
	tcase_add_test(tc, a_common_value_by_one_way_of_two_stays_inferred);
	tcase_add_test(tc, behind_a_jump_to_where_is_unknown);
	tcase_add_test(tc, one_of_two_chosen_by_a_condition);
	tcase_add_test(tc, a_list_is_walked_again);
	tcase_add_test(tc, a_list_that_never_meets_the_value_ends);
	tcase_add_test(tc, a_list_of_embedded_links);
	tcase_add_test(tc, code_that_only_turns_in_a_circle);
	suite_add_tcase(s, tc);
}

static void add_calls(Suite *s)
{
	TCase *tc = tcase("calls");

	tcase_add_test(tc, returned_and_clobbered);
	tcase_add_test(tc, a_tail_call);
	tcase_add_test(tc, a_caller_whose_call_leads_elsewhere);
	tcase_add_test(tc, a_call_that_led_nowhere);
	tcase_add_test(tc, a_retpoline_that_led_nowhere);
	tcase_add_test(tc, through_the_cold_part);
	tcase_add_test(tc, frames_that_are_no_calls_end_it);
	tcase_add_test(tc, code_that_cannot_be_read);
	tcase_add_test(tc, code_that_is_all_zeroes);
	tcase_add_test(tc, code_whose_end_is_not_known);
	tcase_add_test(tc, a_fault_between_two_instructions);
	tcase_add_test(tc, very_many_callers);
	tcase_add_test(tc, very_much_code);
	suite_add_tcase(s, tc);
}

int main(void)
{
	Suite *s = suite_create("provenance");

	add_loads(s);
	add_ways(s);
	add_calls(s);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
