/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects by name and state. */
#include "fake_kernel.h"
#include "kernel/mm/owner.h"
#include "memory/subject.h"

#define OBJECT (FAKE_BASE + 0x2000)

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = address == OBJECT ? OWNER_MODULE : OWNER_PAGE};
}

void owner_format(const struct owner *owner, char *buf, size_t size)
{
	(void)owner;
	copy_string(buf, size, "lab_feature+0x0 [lab]");
}

#define NAME (FAKE_BASE + 0x3000)

/*
 * struct buffer_head { unsigned long b_state; }, struct device { struct kobject { const char *name; } kobj; },
 * struct sk_buff { refcount_t users; }, struct inode { long i_ino; }, struct static_key { long enabled; }
 */
static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const state[] = {"b_state"}, *const name[] = {"name"},
				 *const counter[] = {"counter"}, *const number[] = {"i_ino"},
				 *const enabled[] = {"enabled"};
	uint32_t atomic = fake_longs(b, "atomic_t", i, counter, 1);
	uint32_t count = b_record(b, B_STRUCT, "refcount_t", 4, 1, "refs", atomic, 0);

	fake_longs(b, "buffer_head", l, state, 1);
	b_record(b, B_STRUCT, "device", 16, 1, "kobj", fake_longs(b, "kobject", l, name, 1), 64);
	b_record(b, B_STRUCT, "sk_buff", 8, 1, "users", count, 0);
	fake_longs(b, "inode", l, number, 1);
	fake_longs(b, "static_key", l, enabled, 1);
}

/* The words for an object of this type, whose first word, and second, are these; "" for none. */
static const char *words(const char *type, uint64_t first, uint64_t second)
{
	static char kept[128];
	_str_ struct str text = {0};

	fake_open(types);
	fake_u64(OBJECT, first);
	fake_u64(OBJECT + 8, second);
	fake_put(NAME, "lab_port7", 10);
	fake_put(NAME + 16, "\x01\x02", 3);
	kept[0] = '\0';
	if (subject_describe(&kernel, types_find_struct(kernel.types, type), OBJECT, &text))
		copy_string(kept, sizeof(kept), text.data);
	fake_close();
	return kept;
}

START_TEST(objects_are_told_by_name_or_state)
{
	ck_assert_str_eq(words("buffer_head", 3, 0), "buffer_head 0xffff888000002000, not locked");
	ck_assert_str_eq(words("buffer_head", 4, 0), "buffer_head 0xffff888000002000, locked");
	ck_assert_str_eq(words("device", 0, NAME), "device lab_port7");
	ck_assert_str_eq(words("sk_buff", 2, 0), "sk_buff 0xffff888000002000, shared by 2");
	ck_assert_str_eq(words("sk_buff", 1, 0), "sk_buff 0xffff888000002000");
	ck_assert_str_eq(words("static_key", 1, 0), "static_key lab_feature");
}
END_TEST

START_TEST(names_that_are_none_are_not_told)
{
	ck_assert_str_eq(words("device", 0, NAME + 16), "");
	ck_assert_str_eq(words("device", 0, 0), "");
	ck_assert_str_eq(words("device", 0, 0x4141414141414141), "");
	ck_assert_str_eq(words("inode", 1, 0), "");
	ck_assert_str_eq(words("no_such_type", 1, 0), "");
}
END_TEST

UNIT_MAIN("subject", objects_are_told_by_name_or_state, names_that_are_none_are_not_told)
