/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_MEMORY_H
#define TRIAGE_FAKE_MEMORY_H

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

/*
 * Stands in for kernel/memory/memory.c and kernel/symbols/symbol.c in tests of what is above them: one stretch of
 * memory, a few symbols. Include it in one file of a test program.
 */
#define FAKE_BASE 0xffff888000000000ull

static struct {
	uint8_t bytes[256 << 10];
	struct {
		const char *name;
		uint64_t address;
	} symbols[64];
	size_t symbol_count;
	unsigned reads;
	uint64_t excluded; /* a byte the dump leaves out, 0: none */
} fake;

static inline void fake_symbol(const char *name, uint64_t address)
{
	fake.symbols[fake.symbol_count].name = name;
	fake.symbols[fake.symbol_count++].address = address;
}

static inline void fake_put(uint64_t address, const void *bytes, size_t length)
{
	memcpy(fake.bytes + (address - FAKE_BASE), bytes, length);
}

static inline void fake_u64(uint64_t address, uint64_t value)
{
	fake_put(address, &value, 8);
}

/* A little memory at another address. */
static struct {
	uint64_t base; /* 0: none */
	uint8_t bytes[PAGE_SIZE];
} fake_window;

struct err *memory_read(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	(void)memory;
	fake.reads++;
	if (fake_window.base && va >= fake_window.base &&
	    va - fake_window.base + length <= sizeof(fake_window.bytes)) {
		memcpy(buf, fake_window.bytes + (va - fake_window.base), length);
		return NULL;
	}
	if (va < FAKE_BASE || va - FAKE_BASE > sizeof(fake.bytes) ||
	    length > sizeof(fake.bytes) - (va - FAKE_BASE))
		return err_at(ERR_UNMAPPED, va, "nothing mapped");
	if (fake.excluded && fake.excluded - va < length)
		return err_at(ERR_EXCLUDED, fake.excluded, "page excluded from the dump");
	memcpy(buf, fake.bytes + (va - FAKE_BASE), length);
	return NULL;
}

struct err *memory_stream(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return memory_read(memory, va, buf, length);
}

struct err *memory_read_uint(struct memory *memory, uint64_t va, size_t size, uint64_t *ret)
{
	uint8_t raw[8];

	TRY(memory_read(memory, va, raw, size));
	*ret = load_uint(raw, size);
	return NULL;
}

struct err *memory_read_u64(struct memory *memory, uint64_t va, uint64_t *ret)
{
	return memory_read_uint(memory, va, 8, ret);
}

/* A test of what stands on real symbols (those of a vmlinux) defines FAKE_REAL_SYMBOLS. */
#ifdef FAKE_REAL_SYMBOLS

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	*phys = va;
	return memory_read(memory, va, &(char){0}, 1);
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

uint64_t memory_kaslr_offset(const struct memory *memory)
{
	(void)memory;
	return 0;
}

#else

bool symbols_find(struct symbols *symbols, const char *name, uint64_t *ret)
{
	(void)symbols;
	for (size_t i = 0; i < fake.symbol_count; i++) {
		if (strcmp(fake.symbols[i].name, name))
			continue;
		*ret = fake.symbols[i].address;
		return true;
	}
	return false;
}

#endif

#endif
