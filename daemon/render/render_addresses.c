/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/render/render_addresses.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/render/render_json.h"
#include "memory/value.h"

#define LOOK_SURE 0.8  /* of what any register may hold; the bad value's looks are all shown */
#define WHERE_WIDTH 48 /* columns that names of addresses share; longer ones stand out */

static const char *const registers[] = {
	"rip", "rsp", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp",
	"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "cr2",
};

static bool is_register(const char *where)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (!strcmp(where, registers[i]))
			return true;
	return false;
}

static const json_t *pointer_at(const json_t *pointers, const char *where)
{
	const json_t *pointer;
	size_t i;

	json_array_foreach(pointers, i, pointer)
	{
		const char *name = text_of(pointer, "where");

		if (name && !strcmp(name, where))
			return pointer;
	}
	return NULL;
}

static void put_error(struct str *out, int error)
{
	const char *name = strerrorname_np(error);

	str_printf(out, "%d, %s", -error, name ? name : "no errno");
}

/* What a value says by itself; nothing for most. */
static void put_value_kind(struct str *out, uint64_t value)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	if (!value) {
		str_puts(out, "NULL");
	} else if (value >= -4095ull) {
		put_error(out, (int)-value);
	} else if (value <= UINT32_MAX) {
		str_printf(out, "%" PRIu64, value);
		if (value >= (uint32_t)-4095) {
			str_puts(out, "; of 32 bits ");
			put_error(out, (int)-(uint32_t)value);
		}
	} else if (value_looks(value, looks) && looks[0].confidence >= LOOK_SURE) {
		put(out, "", looks[0].text);
	} else if (value >> 47 == 0) {
		str_puts(out, "user address");
	}
}

static void put_place(struct str *out, const json_t *place)
{
	put(out, "", text_of(place, "symbol"));
	if (json_is_integer(get(place, "offset")))
		str_printf(out, "+0x%llx", json_integer_value(get(place, "offset")));
	put(out, " in ", text_of(place, "module"));
}

/* A task_struct is told by its task; a stack's owner names it already. */
static void put_owner(struct str *out, const char *before, const json_t *owner)
{
	const json_t *task = get(owner, "task");
	const char *kind = text_of(owner, "kind");

	put(out, before, text_of(owner, "text"));
	if (!kind || strcmp(kind, "slab") || !json_is_integer(get(task, "pid")))
		return;
	put(out, ": ", text_of(task, "comm"));
	str_printf(out, "/%lld", json_integer_value(get(task, "pid")));
}

static void put_register(struct str *out, const json_t *report, const char *name)
{
	const json_t *crash = get(report, "crash");
	const json_t *pointer = pointer_at(get(get(report, "memory"), "pointers"), name);
	_str_ struct str what = {0};
	uint64_t value;

	if (!json_address_value(get(get(crash, "registers"), name), &value))
		return;
	if (!strcmp(name, "rip"))
		put_place(&what, get(crash, "rip"));
	else if (pointer)
		put_owner(&what, "", get(pointer, "owner"));
	else
		put_value_kind(&what, value);
	str_printf(out, "  %-4s %016" PRIx64 "%s%s\n", name, value, what.length ? "  " : "",
		   what.length ? what.data : "");
}

/* Worth showing: one of them was looked up, or made the address that faulted. */
static void put_registers(struct str *out, const json_t *report)
{
	const json_t *pointers = get(get(report, "memory"), "pointers");
	bool any = text_of(get(get(report, "crash"), "fault"), "address");

	for (size_t i = 0; i < ARRAY_SIZE(registers) && !any; i++)
		any = pointer_at(pointers, registers[i]);
	if (!any || !json_object_size(get(get(report, "crash"), "registers")))
		return;
	title(out, "Registers and what they point to");
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		put_register(out, report, registers[i]);
}

/* --- what is no register ---------------------------------------------------------------------- */

static bool is_other(const json_t *pointer, uint64_t *value)
{
	const char *where = text_of(pointer, "where");

	return where && !is_register(where) && json_address_value(get(pointer, "value"), value);
}

/* Columns that the longest name takes, as it is shown. */
static size_t widest(const json_t *pointers)
{
	const json_t *pointer;
	size_t i, width = 0;
	uint64_t value;

	json_array_foreach(pointers, i, pointer)
	{
		_str_ struct str where = {0};

		if (!is_other(pointer, &value))
			continue;
		put(&where, "", text_of(pointer, "where"));
		if (where.length <= WHERE_WIDTH)
			width = MAX(width, where.length);
	}
	return width;
}

static void put_other(struct str *out, const json_t *pointer, uint64_t value, size_t width)
{
	_str_ struct str where = {0};

	put(&where, "", text_of(pointer, "where"));
	str_printf(out, "  %-*s  %016" PRIx64, (int)width, where.data ? where.data : "", value);
	/* A small address is an offset from NULL, whoever could map it. */
	if (value && value < 4096)
		str_printf(out, "  NULL + 0x%" PRIx64, value);
	else
		put_owner(out, "  ", get(pointer, "owner"));
	str_puts(out, "\n");
}

static void put_others(struct str *out, const json_t *pointers)
{
	size_t i, width = widest(pointers);
	const json_t *pointer;
	bool any = false;
	uint64_t value;

	json_array_foreach(pointers, i, pointer)
	{
		if (!is_other(pointer, &value))
			continue;
		if (!any)
			title(out, "Other addresses of the crash");
		any = true;
		put_other(out, pointer, value, width);
	}
}

void render_addresses(const json_t *report, struct str *out)
{
	const json_t *pointers = get(get(report, "memory"), "pointers");

	if (!json_array_size(pointers))
		return;
	put_registers(out, report);
	put_others(out, pointers);
}
