/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>

#include "btf_build.h"
#include "kernel/types/btf.h"
#include "kernel/types/types.h"

static struct type find(struct type_provider *p, enum type_kind kind, const char *name)
{
	return p->ops->find(p, kind, name);
}

START_TEST(structs_have_members)
{
	struct btf_build b = {0};
	struct member m;
	uint32_t int_id = b_int(&b, "int", 4), long_id = b_int(&b, "long unsigned int", 8);
	uint32_t self = b_plain(&b, B_PTR, NULL, 4);
	b_record(&b, B_STRUCT, "node", 24, 3, "value", int_id, 0, "next", self, 64, "seen", long_id,
		 128);
	struct type_provider *p = b_open(&b, NULL, "");
	struct type node = find(p, TYPE_STRUCT, "node");

	ck_assert_int_eq(node.kind, TYPE_STRUCT);
	ck_assert_str_eq(type_name(node), "node");
	ck_assert_uint_eq(type_size(node), 24);
	ck_assert_uint_eq(type_count(node), 3);
	ck_assert(type_member_at(node, 1, &m));
	ck_assert_str_eq(m.name, "next");
	ck_assert_uint_eq(member_offset(&m), 8);
	ck_assert_int_eq(m.type.kind, TYPE_POINTER);
	ck_assert_uint_eq(type_size(m.type), 8);
	ck_assert_uint_eq(type_target(m.type).id, node.id);
	ck_assert(!type_member_at(node, 3, &m));
	ck_assert_int_eq(find(p, TYPE_UNION, "node").kind, TYPE_NONE);
	ck_assert_int_eq(find(p, TYPE_NONE, "nod").kind, TYPE_NONE);
	p->ops->close(p);
}
END_TEST

START_TEST(bit_fields_of_both_forms)
{
	struct btf_build b = {0};
	struct member m;
	uint32_t u32 = b_int(&b, "unsigned int", 4);
	uint32_t narrow = b_head(&b, "unsigned int", B_INT << 24, 4);
	b_u32(&b, 3 << 16 | 5); /* 5 bits, 3 bits in */
	b_record(&b, B_STRUCT | B_KIND_FLAG, "new", 8, 2, "inuse", u32, 16u << 24 | 32, "frozen",
		 u32, 1u << 24 | 63);
	b_record(&b, B_STRUCT, "old", 4, 1, "five", narrow, 8);
	struct type_provider *p = b_open(&b, NULL, "");

	ck_assert(type_find_member(find(p, TYPE_STRUCT, "new"), "frozen", &m));
	ck_assert_uint_eq(m.bit_offset, 63);
	ck_assert_uint_eq(m.bit_size, 1);
	ck_assert(type_find_member(find(p, TYPE_STRUCT, "old"), "five", &m));
	ck_assert_uint_eq(m.bit_offset, 11);
	ck_assert_uint_eq(m.bit_size, 5);
	p->ops->close(p);
}
END_TEST

START_TEST(wrappers_come_off)
{
	struct btf_build b = {0};
	struct member m;
	uint32_t int_id = b_int(&b, "int", 4);
	uint32_t anonymous = b_record(&b, B_STRUCT, NULL, 4, 1, "counter", int_id, 0);
	uint32_t atomic = b_plain(&b, B_TYPEDEF, "atomic_t", anonymous);
	uint32_t tag = b_plain(&b, B_TYPE_TAG, "rcu", atomic);
	uint32_t constant = b_plain(&b, B_CONST, NULL, b_plain(&b, B_VOLATILE, NULL, tag));
	b_record(&b, B_STRUCT, "page", 8, 1, "_refcount", constant, 32);
	b_plain(&b, B_TYPEDEF, "nothing", 0);
	struct type_provider *p = b_open(&b, NULL, "");

	ck_assert_uint_eq(find(p, TYPE_NONE, "atomic_t").id, anonymous);
	ck_assert_uint_eq(find(p, TYPE_STRUCT, "atomic_t").id, anonymous);
	ck_assert(type_find_member(find(p, TYPE_STRUCT, "page"), "_refcount.counter", &m));
	ck_assert_uint_eq(m.bit_offset, 32);
	ck_assert_int_eq(m.type.kind, TYPE_INT);
	ck_assert_int_eq(find(p, TYPE_NONE, "nothing").kind, TYPE_VOID);
	p->ops->close(p);
}
END_TEST

START_TEST(enums_functions_variables)
{
	struct btf_build b = {0};
	struct member m;
	const char *name;
	uint64_t value;
	uint32_t int_id = b_int(&b, "int", 4);
	uint32_t enum_id = b_head(&b, "state", B_KIND_FLAG | B_ENUM << 24 | 2, 4);
	b_u32(&b, b_string(&b, "DEAD"));
	b_u32(&b, (uint32_t)-1);
	b_u32(&b, b_string(&b, "LIVE"));
	b_u32(&b, 1);
	b_head(&b, "wide", B_ENUM64 << 24 | 1, 8);
	b_u32(&b, b_string(&b, "TOP"));
	b_u32(&b, 1);
	b_u32(&b, 0x80000000);
	uint32_t proto = b_head(&b, NULL, B_FUNC_PROTO << 24 | 2, int_id);
	b_u32(&b, b_string(&b, "first"));
	b_u32(&b, enum_id);
	b_u32(&b, 0);
	b_u32(&b, 0);
	b_plain(&b, B_FUNC, "act", proto);
	b_head(&b, "jiffies", B_VAR << 24, int_id);
	b_u32(&b, 1);
	struct type_provider *p = b_open(&b, NULL, "");

	struct type state = find(p, TYPE_ENUM, "state");
	ck_assert(p->ops->enumerator(p, state, 0, &name, &value));
	ck_assert_str_eq(name, "DEAD");
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(!p->ops->enumerator(p, state, 2, &name, &value));
	ck_assert(p->ops->enumerator(p, find(p, TYPE_ENUM, "wide"), 0, &name, &value));
	ck_assert_uint_eq(value, 0x8000000000000001);

	struct type act = p->ops->find_symbol(p, "act");
	ck_assert_int_eq(act.kind, TYPE_FUNCTION);
	ck_assert_uint_eq(type_count(act), 2);
	ck_assert_uint_eq(type_target(act).id, int_id);
	ck_assert(type_member_at(act, 0, &m));
	ck_assert_str_eq(m.name, "first");
	ck_assert_uint_eq(m.type.id, enum_id);
	ck_assert_int_eq(p->ops->find_symbol(p, "jiffies").kind, TYPE_INT);
	ck_assert_int_eq(p->ops->find_symbol(p, "state").kind, TYPE_NONE);
	ck_assert_int_eq(find(p, TYPE_NONE, "act").kind, TYPE_NONE);
	p->ops->close(p);
}
END_TEST

START_TEST(split_stands_on_its_base)
{
	struct btf_build b = {0}, split = {0};
	struct member m;
	uint32_t int_id = b_int(&b, "int", 4);
	b_record(&b, B_STRUCT, "device", 4, 1, "id", int_id, 0);
	split.first_id = 3;
	split.first_string = (uint32_t)b.strings.length;
	struct type_provider *base = b_open(&b, NULL, "");
	/* A member whose type and whose name are the base's. */
	b_record(&split, B_STRUCT, "usb_device", 8, 2, "dev", 2, 0, "own", int_id, 32);
	struct type_provider *p = b_open(&split, base, "usbcore");

	ck_assert_str_eq(p->module, "usbcore");
	struct type usb = find(p, TYPE_STRUCT, "usb_device");
	ck_assert(type_find_member(usb, "dev.id", &m));
	ck_assert_str_eq(m.name, "id");
	ck_assert_uint_eq(type_size(m.type), 4);
	ck_assert(type_find_member(usb, "own", &m));
	ck_assert_int_eq(find(p, TYPE_STRUCT, "device").kind, TYPE_NONE);
	p->ops->close(p);
	base->ops->close(base);
}
END_TEST

/* A header with a layout section, which tells how to step over kinds of later days. */
START_TEST(unknown_kinds_are_stepped_over)
{
	struct btf_build b = {0};
	struct type_provider *p;
	size_t size;
	b_head(&b, "strange", 40u << 24 | 2, 0);
	for (int i = 0; i < 3; i++) /* 4 bytes once, 4 for each of two parts */
		b_u32(&b, 0xffffffff);
	b_int(&b, "int", 4);
	_free_ uint8_t *old = b_finish(&b, &size);
	uint8_t layout[4 * 41] = {[4 * 40] = 4, [4 * 40 + 1] = 4};
	uint8_t *data = malloc(size + 8 + sizeof(layout));
	uint32_t header[2] = {(uint32_t)size - 24, sizeof(layout)};

	memcpy(data, old, 24);
	memcpy(data + 24, header, 8);
	memcpy(data + 32, old + 24, size - 24);
	memcpy(data + 8 + size, layout, sizeof(layout));
	data[4] = 32;
	assert_ok(btf_open(data, size + 8 + sizeof(layout), NULL, "", &p));
	ck_assert_int_eq(find(p, TYPE_INT, "int").kind, TYPE_INT);
	ck_assert_int_eq(find(p, TYPE_NONE, "strange").kind, TYPE_NONE);
	p->ops->close(p);

	/* Without it nobody knows where the next one begins. */
	data = malloc(size);
	memcpy(data, old, size);
	assert_err(btf_open(data, size, NULL, "", &p), ERR_CORRUPT);
}
END_TEST

/* --- hostile bytes ---------------------------------------------------------------------------- */

START_TEST(typedef_of_itself_is_no_type)
{
	struct btf_build b = {0};
	struct member m;
	b_plain(&b, B_TYPEDEF, "self", 1);
	b_plain(&b, B_TYPEDEF, "ping", 3);
	b_plain(&b, B_CONST, NULL, 2);
	b_record(&b, B_STRUCT, "user", 8, 1, "field", 2u, 0u);
	struct type_provider *p = b_open(&b, NULL, "");

	ck_assert_int_eq(find(p, TYPE_NONE, "self").kind, TYPE_NONE);
	ck_assert(type_find_member(find(p, TYPE_STRUCT, "user"), "field", &m));
	ck_assert_int_eq(m.type.kind, TYPE_NONE);
	ck_assert_uint_eq(type_size(m.type), 0);
	p->ops->close(p);
}
END_TEST

START_TEST(struct_inside_itself_ends)
{
	struct btf_build b = {0};
	struct member m;
	char path[256], text[256];
	/* Four anonymous members, each the struct itself: 4^depth ways down. */
	b_record(&b, B_STRUCT, "ball", 8, 4, NULL, 1u, 0u, NULL, 1u, 0u, NULL, 1u, 0u, NULL, 1u,
		 0u);
	b_array(&b, 2, 4); /* an array of itself */
	b_record(&b, B_STRUCT, "rings", 8, 2, "a", 2u, 0u, "b", 3u, 0u);
	struct type_provider *p = b_open(&b, NULL, "");
	struct type ball = find(p, TYPE_STRUCT, "ball"), rings = find(p, TYPE_STRUCT, "rings");

	ck_assert(!type_find_member(ball, "absent", &m));
	ck_assert(!type_describe_offset(ball, 3, path, sizeof(path), &m));
	ck_assert(type_find_member(rings, "a", &m));
	ck_assert_uint_eq(type_size(m.type), 0);
	type_format(m.type, text, sizeof(text));
	ck_assert_uint_gt(strlen(text), 0);
	ck_assert(!type_find_member(rings, "a[0][1][2].x", &m));
	ck_assert(type_find_member(rings, "b.b.b.b.b.b.a", &m));
	p->ops->close(p);
}
END_TEST

START_TEST(ids_and_strings_out_of_range)
{
	struct btf_build b = {0};
	struct member m;
	uint32_t int_id = b_int(&b, "int", 4);
	b_record(&b, B_STRUCT | B_KIND_FLAG, "wild", 8, 2, "far", 0xfffffffeu, 0u, "odd", int_id,
		 255u << 24 | 0xffffff);
	b_plain(&b, B_PTR, NULL, 77);
	struct type_provider *p;
	size_t size;
	uint8_t *data = b_finish(&b, &size);
	uint32_t bad_name = 0x7fffffff;
	memcpy(data + 24 + 16 + 12 + 12, &bad_name, 4); /* the second member's name */
	assert_ok(btf_open(data, size, NULL, "", &p));
	struct type wild = find(p, TYPE_STRUCT, "wild");

	ck_assert(type_member_at(wild, 0, &m));
	ck_assert_int_eq(m.type.kind, TYPE_NONE);
	ck_assert(type_member_at(wild, 1, &m));
	ck_assert_ptr_null(m.name);
	ck_assert_uint_eq(m.bit_size, 255);
	struct type pointer = {p, 3, TYPE_POINTER}, beyond = {p, 99, TYPE_STRUCT};
	ck_assert_int_eq(type_target(pointer).kind, TYPE_NONE);
	ck_assert_uint_eq(type_count(beyond), 0);
	ck_assert_ptr_null(type_name(beyond));
	ck_assert_uint_eq(type_size(beyond), 0);
	p->ops->close(p);
}
END_TEST

static void refuse(const void *bytes, size_t size, enum err_code code)
{
	struct type_provider *p;
	void *data = malloc(size ? size : 1);

	memcpy(data, bytes, size);
	assert_err(btf_open(data, size, NULL, "", &p), code);
}

START_TEST(malformed_sections_are_refused)
{
	struct btf_build b = {0};
	size_t size;
	b_int(&b, "int", 4);
	b_record(&b, B_STRUCT, "s", 8, 1, "m", 1u, 0u);
	_free_ uint8_t *good = b_finish(&b, &size);
	_free_ uint8_t *bad = malloc(size);

	/* Every way to cut it short: none may be read past its end (ASan watches). */
	for (size_t cut = 0; cut < size; cut++)
		refuse(good, cut, ERR_CORRUPT);
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code code;
	} changes[] = {
		{0, 0xeb, ERR_CORRUPT},	 /* magic */
		{2, 2, ERR_UNSUPPORTED}, /* version */
		{4, 23, ERR_CORRUPT},	 /* header too short */
		{7, 0xff, ERR_CORRUPT},	 /* header beyond the end */
		{15, 0xff, ERR_CORRUPT}, /* types' length */
		{19, 0xff, ERR_CORRUPT}, /* strings' offset */
		{31, 0x1f, ERR_CORRUPT}, /* a kind that is none */
		{31, 0, ERR_CORRUPT},	 /* likewise */
		{45, 0xff, ERR_CORRUPT}, /* 65281 members */
	};
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		memcpy(bad, good, size);
		bad[changes[i].at] = changes[i].value;
		refuse(bad, size, changes[i].code);
	}
	memcpy(bad, good, size);
	bad[size - 1] = 'x'; /* the last string runs on */
	refuse(bad, size, ERR_CORRUPT);
}
END_TEST

/* The machine's own, where it has any: thousands of real types. */
START_TEST(running_kernel)
{
	_fclose_ FILE *f = fopen("/sys/kernel/btf/vmlinux", "r");
	struct type_provider *p;
	struct member m;
	size_t room = 32 << 20;

	if (!f)
		return;
	char *data = malloc(room);
	size_t size = fread(data, 1, room, f);
	assert_ok(btf_open(data, size, NULL, "", &p));
	ck_assert(type_find_member(find(p, TYPE_STRUCT, "list_head"), "prev", &m));
	ck_assert_uint_eq(member_offset(&m), 8);
	ck_assert(type_find_member(find(p, TYPE_STRUCT, "task_struct"), "pid", &m));
	ck_assert_int_eq(m.type.kind, TYPE_INT);
	ck_assert_uint_eq(type_size(m.type), 4);
	p->ops->close(p);
}
END_TEST

UNIT_MAIN("btf", structs_have_members, bit_fields_of_both_forms, wrappers_come_off,
	  enums_functions_variables, split_stands_on_its_base, typedef_of_itself_is_no_type,
	  unknown_kinds_are_stepped_over, struct_inside_itself_ends, ids_and_strings_out_of_range,
	  malformed_sections_are_refused, running_kernel)
