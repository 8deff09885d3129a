/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the registers and other addresses of a crash point to. */
#include "daemon/render/render_addresses.h"

#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "daemon/render/render_json.h"
#include "daemon/render/render_width.h"
#include "memory/value.h"

#define LOOK_SURE 0.8  /* how sure a look has to be to be shown of any register */
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

	json_array_foreach (pointers, i, pointer) {
		const char *name = json_string_at(pointer, "where");

		if (name && !strcmp(name, where))
			return pointer;
	}
	return NULL;
}

static void put_error(struct str *out, int error)
{
	const char *name = errno_name((uint64_t)error);

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
		render_put(out, "", looks[0].text);
	} else if (value >> 47 == 0) {
		str_puts(out, "user address");
	}
}

/* Of a task_struct its task is told too; the text of a stack names it already. */
static void put_owner(struct str *out, const char *before, const json_t *owner)
{
	const char *kind = json_string_at(owner, "kind");

	render_put(out, before, json_string_at(owner, "text"));
	if (!kind || strcmp(kind, "slab") || !json_is_integer(json_at(owner, "task.pid")))
		return;
	str_puts(out, ": ");
	render_task(out, json_at(owner, "task"));
}

/* Of 32 bits, a value of some size may as well be an address as a number or a text. */
static bool may_be_address(const json_t *report, uint64_t value)
{
	return render_is_32bit(report) && value >= UINT16_MAX;
}

bool render_register(const json_t *report, const char *name, uint64_t *value, struct str *what)
{
	const json_t *pointer = pointer_at(json_at(report, "memory.pointers"), name);

	if (!json_address_value(json_object_get(json_at(report, "crash.registers"), name), value))
		return false;
	if (!strcmp(name, "rip"))
		render_place(what, json_at(report, "crash.rip"));
	else if (pointer)
		put_owner(what, "", json_at(pointer, "owner"));
	else if (is_register(name) && !may_be_address(report, *value))
		put_value_kind(what, *value);
	return true;
}

static void put_register(struct str *out, const json_t *report, const char *name)
{
	_str_ struct str what = {0}, label = {0};
	uint64_t value;

	if (!render_register(report, name, &value, &what))
		return;
	render_width(report, name, &label);
	str_printf(out, "  %-4s %0*" PRIx64 "%s%s\n", label.data ? label.data : "",
		   render_is_32bit(report) ? 8 : 16, value, what.length ? "  " : "",
		   what.length ? what.data : "");
}

/* Worth showing: one of them was looked up, or made the address that faulted. */
static void put_registers(struct str *out, const json_t *report)
{
	const json_t *pointers = json_at(report, "memory.pointers");
	bool any = json_string_at(report, "crash.fault.address");

	for (size_t i = 0; i < ARRAY_SIZE(registers) && !any; i++)
		any = pointer_at(pointers, registers[i]);
	if (!any || !json_object_size(json_at(report, "crash.registers")))
		return;
	render_title(out, pointers ? "Registers and what they point to" : "Registers");
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		put_register(out, report, registers[i]);
}

/* --- what is no register ---------------------------------------------------------------------- */

static bool is_other(const json_t *pointer, uint64_t *value)
{
	const char *where = json_string_at(pointer, "where");

	return where && !is_register(where) && json_address_value(json_at(pointer, "value"), value);
}

/* Columns that the longest name takes, as it is shown. */
static size_t widest(const json_t *pointers)
{
	const json_t *pointer;
	size_t i, width = 0;
	uint64_t value;

	json_array_foreach (pointers, i, pointer) {
		_str_ struct str where = {0};

		if (!is_other(pointer, &value))
			continue;
		render_put(&where, "", json_string_at(pointer, "where"));
		if (where.length <= WHERE_WIDTH)
			width = MAX(width, where.length);
	}
	return width;
}

static void put_other(struct str *out, const json_t *pointer, uint64_t value, size_t width)
{
	_str_ struct str where = {0};

	render_put(&where, "", json_string_at(pointer, "where"));
	str_printf(out, "  %-*s  %016" PRIx64, (int)width, where.data ? where.data : "", value);
	/* A small address is an offset from NULL, even if user space could map it. */
	if (value && value < 4096)
		str_printf(out, "  NULL + 0x%" PRIx64, value);
	else
		put_owner(out, "  ", json_at(pointer, "owner"));
	str_puts(out, "\n");
}

void render_other_addresses(const json_t *report, struct str *out)
{
	const json_t *pointers = json_at(report, "memory.pointers"), *pointer;
	size_t i, width = widest(pointers);
	bool any = false;
	uint64_t value;

	json_array_foreach (pointers, i, pointer) {
		if (!is_other(pointer, &value))
			continue;
		if (!any)
			render_title(out, "Other addresses of the crash");
		any = true;
		put_other(out, pointer, value, width);
	}
}

void render_addresses(const json_t *report, struct str *out)
{
	put_registers(out, report);
	render_other_addresses(report, out);
}
