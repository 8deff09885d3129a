/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an address is code's, and whether a call stands before it. */
#include "kernel/insn/code.h"

#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"

static bool between(struct kernel *kernel, const char *start, const char *end, uint64_t address)
{
	uint64_t low, high;

	return symbols_find(kernel->symbols, start, &low) &&
	       symbols_find(kernel->symbols, end, &high) && address >= low && address < high;
}

static bool in_module_text(const struct module *module, uint64_t address)
{
	for (unsigned i = 0; i < module->range_count; i++)
		if (module->ranges[i].text && address >= module->ranges[i].start &&
		    address < module->ranges[i].end)
			return true;
	return false;
}

bool code_is_text(struct kernel *kernel, uint64_t address)
{
	const struct module *module;

	if (!memory_is_kernel(kernel->memory, address))
		return false;
	module = kernel->modules ? modules_find(kernel->modules, address) : NULL;
	if (module)
		return in_module_text(module, address);
	return between(kernel, "_stext", "_etext", address) ||
	       between(kernel, "_sinittext", "_einittext", address);
}

/*
 * What was there is gone: nothing is mapped, or only int3, with which x86 fills memory that modules
 * are loaded into and that none has (execmem_fill_trapping_insns()).
 */
static bool is_gone(struct kernel *kernel, uint64_t address)
{
	static const uint8_t int3[] = {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
	uint8_t code[sizeof(int3)];
	struct err *err = memory_read(kernel->memory, address, code, sizeof(code));
	bool unmapped = err && err->code == ERR_UNMAPPED;

	return err_ok(err) ? !memcmp(code, int3, sizeof(code)) : unmapped;
}

bool code_is_generated(struct kernel *kernel, uint64_t address)
{
	return memory_class(kernel->memory, address) == VA_MODULE &&
	       !(kernel->modules && modules_find(kernel->modules, address)) &&
	       !is_gone(kernel, address);
}

bool code_is_in(struct kernel *kernel, uint64_t address, const char *const *functions, size_t count)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(symbol.name, functions[i]))
			return true;
	return false;
}

/* Does a call through a register or memory end here? Tries each length such a call can have. */
static bool is_indirect_call(const uint8_t *end)
{
	static const struct {
		uint8_t length, mod;
		bool sib;
	} forms[] = {
		{2, 3, false}, {2, 0, false}, {3, 1, false}, {3, 0, true}, {4, 1, true},
		{6, 2, false}, {6, 0, false}, {7, 2, true},  {7, 0, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const uint8_t *code = end - forms[i].length;

		if (code[0] == 0xff && (code[1] >> 3 & 7) == 2 && code[1] >> 6 == forms[i].mod &&
		    ((code[1] & 7) == 4 && forms[i].mod != 3) == forms[i].sib)
			return true;
	}
	return false;
}

struct err *code_follows_call(struct kernel *kernel, uint64_t address, bool *follows,
			      uint64_t *target)
{
	uint8_t code[7];

	*target = 0;
	*follows = TRY_OK(memory_read(kernel->memory, address - sizeof(code), code, sizeof(code)));
	if (!*follows)
		return NULL;
	if (code[2] == 0xe8) {
		uint64_t called = address + (uint64_t)(int64_t)(int32_t)load_u32(code + 3);

		if (code_is_text(kernel, called)) {
			*target = called;
			return NULL;
		}
	}
	*follows = is_indirect_call(code + sizeof(code));
	return NULL;
}
