/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls and returns that lead to where no function begins: which it was, whose, and to what. */
#include "memory/bad_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/insn/code.h"
#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/modules/unloaded.h"
#include "kernel/symbols/symbol.h"
#include "memory/provenance.h"

#define PREFIX 16 /* bytes in front of a function that calls may go to: __pfx_, __cfi_ */
#define ENDBR 4	  /* bytes at its start that calls may skip */

static void put_place(struct kernel *kernel, uint64_t address, uint64_t look_up, char *buf,
		      size_t size)
{
	struct symbol symbol;

	buf[0] = '\0';
	if (!symbols_at(kernel->symbols, look_up, &symbol))
		return;
	snprintf(buf, size, "%.100s+0x%" PRIx64 "%s%.60s%s", symbol.name, address - symbol.address,
		 symbol.module[0] ? " [" : "", symbol.module, symbol.module[0] ? "]" : "");
}

static void put_frame(const struct crash *crash, size_t index, struct bad_call *ret)
{
	const struct frame *frame = &crash->trace.frames[index];

	put_place(crash->kernel, frame->address, frame_lookup_address(frame), ret->place,
		  sizeof(ret->place));
}

static bool is_thunk_at(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) && strstr(symbol.name, "_thunk");
}

/* Has the function a jump through a pointer, by which it may have left? */
static bool may_jump(struct kernel *kernel, uint64_t function)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;

	if (!err_ok(flow_open(kernel, function, &flow)))
		return true;
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];

		if (insn->is_jump && (insn->target ? is_thunk_at(kernel, insn->target)
						   : insn->operands[0].index == REG_NONE))
			return true;
	}
	return false;
}

/* Functions that never come back, and tracers. */
static bool returns(const char *name)
{
	static const char *const others[] = {"__stack_chk_fail", "__fentry__", "panic", "__cfi_"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return false;
	return true;
}

/* The only function that another one calls by name, if it calls none through a pointer; else "". */
static void find_callee(struct kernel *kernel, uint64_t function, char *buf, size_t size)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	struct symbol symbol;
	unsigned callees = 0;

	buf[0] = '\0';
	if (!err_ok(flow_open(kernel, function, &flow)))
		return;
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];

		if (!insn->is_call)
			continue;
		bool named = insn->target && symbols_at(kernel->symbols, insn->target, &symbol);
		if (named && (!returns(symbol.name) || !strcmp(buf, symbol.name)))
			continue;
		copy_string(buf, size, named ? symbol.name : "");
		callees++;
	}
	if (callees != 1)
		buf[0] = '\0';
}

/* "f+0x0 [m]": a function as a whole. */
static void put_function(const struct crash *crash, uint64_t address, struct bad_call *ret)
{
	struct symbol symbol;

	if (!symbols_at(crash->kernel->symbols, address, &symbol))
		return;
	symbol_name_with_module(symbol.name, symbol.module, ret->place, sizeof(ret->place));
	if (ret->returned)
		find_callee(crash->kernel, address, ret->callee, sizeof(ret->callee));
}

/*
 * The word that RSP points to. Behind a call through a pointer it is that call's return address;
 * behind a call by name, of a function that may have jumped on. Any other word belongs to a function
 * whose callee has returned, by an address that was no longer its own.
 */
static void tell_by_stack(const struct crash *crash, struct bad_call *ret)
{
	struct kernel *kernel = crash->kernel;
	uint64_t word, called = 0, at = crash->regs.value[REG_RSP];
	bool follows = false;

	/* What BPF's compiler made calls as well. */
	if (err_ok(memory_read_u64(kernel->memory, at, &word)) &&
	    (code_is_text(kernel, word - 1) || code_is_generated(kernel, word - 1)))
		(void)err_ok(code_follows_call(kernel, word, &follows, &called));
	bool by_pointer = follows && (!called || is_thunk_at(kernel, called));
	ret->returned = !by_pointer && (!follows || !may_jump(kernel, called));
	if (by_pointer) {
		put_place(kernel, word, word - 1, ret->place, sizeof(ret->place));
		return;
	}
	if (crash->frame + 1 >= crash->trace.count)
		return;
	/* The frame behind RIP's is the caller of the function that went astray. */
	const struct frame *caller = &crash->trace.frames[crash->frame + 1];
	if (err_ok(code_follows_call(kernel, caller->address, &follows, &called)) && called)
		put_function(crash, called, ret);
	if (!ret->place[0] && !ret->returned)
		put_frame(crash, crash->frame + 1, ret);
}

/* The CPU faulted at the call, jump or return itself. */
static void tell_by_insn(const struct crash *crash, struct bad_call *ret)
{
	const struct insn *insn = crash->code_count ? &crash->code[crash->code_at] : NULL;
	bool thunk = strstr(crash->at.symbol, "_thunk");

	ret->returned = insn && insn->is_return && !thunk;
	if (!thunk)
		put_frame(crash, crash->frame, ret);
	else if (crash->frame + 1 < crash->trace.count)
		put_frame(crash, crash->frame + 1, ret);
}

/* --- into the midst of code ------------------------------------------------------------------- */

static bool is_entry(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol))
		return true; /* unknown code */
	if (address - symbol.address <= ENDBR)
		return true;
	return symbols_at(kernel->symbols, address + PREFIX, &symbol) && symbol.address > address;
}

static bool same_function(struct kernel *kernel, uint64_t a, uint64_t b)
{
	struct symbol one, other;

	return symbols_at(kernel->symbols, a, &one) && symbols_at(kernel->symbols, b, &other) &&
	       one.address == other.address;
}

/* The pointer through which the function was called leads to no function's start. */
static bool find_inside(const struct crash *crash, struct bad_call *ret)
{
	struct kernel *kernel = crash->kernel;
	uint64_t rip = crash->regs.value[REG_RIP];

	if (crash->frame + 1 >= crash->trace.count || !code_is_text(kernel, rip) ||
	    !provenance_pointer_called(crash, &ret->target) || !code_is_text(kernel, ret->target) ||
	    is_entry(kernel, ret->target) || !same_function(kernel, rip - 1, ret->target))
		return false;
	ret->inside = true;
	put_place(kernel, ret->target, ret->target, ret->function, sizeof(ret->function));
	put_frame(crash, crash->frame + 1, ret);
	return true;
}

/* --- what is there ---------------------------------------------------------------------------- */

static bool is_unloaded(struct kernel *kernel, uint64_t address)
{
	return memory_class(kernel->memory, address) == VA_MODULE &&
	       !(kernel->modules && modules_find(kernel->modules, address)) &&
	       !code_is_generated(kernel, address);
}

/*
 * kernel/module: last_unloaded_module[], in newer kernels a structure that begins with the name.
 */
static void find_unloaded(struct kernel *kernel, struct bad_call *ret)
{
	char name[sizeof(ret->module)];
	uint64_t at;

	ret->unloaded = is_unloaded(kernel, ret->target);
	if (!ret->unloaded)
		return;
	_str_ struct str tainted = {0};
	unloaded_put_tainted(kernel, &tainted);
	copy_string(ret->tainted, sizeof(ret->tainted), tainted.data ? tainted.data : "");
	if (symbols_find(kernel->symbols, "last_unloaded_module", &at) &&
	    err_ok(memory_read(kernel->memory, at, name, sizeof(name)))) {
		name[sizeof(name) - 1] = '\0';
		if (is_printable(name, strlen(name)))
			copy_string(ret->module, sizeof(ret->module), name);
	}
}

/* What fills the memory of modules that are gone is int3: RIP is behind the first of them. */
static bool find_trap(const struct crash *crash, struct bad_call *ret)
{
	uint64_t at = crash->regs.value[REG_RIP] - 1;

	if (crash->kind != CRASH_INT3 || !is_unloaded(crash->kernel, at))
		return false;
	ret->target = at;
	tell_by_stack(crash, ret);
	return true;
}

bool bad_call_find(const struct crash *crash, struct bad_call *ret)
{
	*ret = (struct bad_call){0};
	if (!crash->exception || crash->report || !crash->trace.count ||
	    !regs_known(&crash->regs, REG_RIP))
		return false;
	if (crash->fault && crash->access && !strcmp(crash->access, "execute")) {
		ret->target = crash->address;
		if (crash->regs.value[REG_RIP] == crash->address)
			tell_by_stack(crash, ret);
		else
			tell_by_insn(crash, ret);
	} else if (!find_trap(crash, ret) && !find_inside(crash, ret)) {
		return false;
	}
	owner_find(crash->kernel, ret->target, &ret->owner);
	owner_find_frame(crash->kernel, &ret->owner);
	find_unloaded(crash->kernel, ret);
	return true;
}
