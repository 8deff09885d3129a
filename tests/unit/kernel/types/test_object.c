/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

static struct kernel kernel;

/* task_struct with a signed pid in 12 bits of a bit-field. */
static void open_kernel(void)
{
	struct btf_build b = {0};
	uint32_t c = b_int(&b, "char", 1), i = b_int(&b, "int", 4), comm = b_array(&b, c, 16);
	uint32_t pointer = b_plain(&b, B_PTR, NULL, 0);
	uint32_t atomic = b_record(&b, B_STRUCT, NULL, 4, 1, "counter", i, 0);

	b_record(&b, B_STRUCT | B_KIND_FLAG, "task_struct", 48, 6, "state", atomic, 0, "pid", i,
		 12u << 24 | 36, "tgid", i, 64, "comm", comm, 128, "stack", pointer, 256, "mm",
		 comm, 256);
	b_open_kernel(&b, &kernel.types, &kernel.members);
}

static void close_kernel(void)
{
	members_close(kernel.members);
	types_close(kernel.types);
}

#define TASK (FAKE_BASE + 0x100)

START_TEST(members_are_read)
{
	uint64_t value;
	int64_t number;
	char text[16], little[4];

	open_kernel();
	fake_u64(TASK, 0x0000fab000000002); /* state 2, pid 0xfab in bits 36…47 */
	fake_u64(TASK + 8, 0xfffffff6);
	fake_put(TASK + 16, "0123456789abcdef", 16); /* no NUL */
	fake_u64(TASK + 32, 0xffffc90000004000);

	assert_ok(member_read(&kernel, TASK, MEMBER_TASK_STATE, &value));
	ck_assert_uint_eq(value, 2);
	assert_ok(member_read(&kernel, TASK, MEMBER_TASK_PID, &value));
	ck_assert_uint_eq(value, 0xfab);
	assert_ok(member_read_signed(&kernel, TASK, MEMBER_TASK_PID, &number));
	ck_assert_int_eq(number, -0x55);
	assert_ok(member_read_signed(&kernel, TASK, MEMBER_TASK_TGID, &number));
	ck_assert_int_eq(number, -10);
	assert_ok(member_read(&kernel, TASK, MEMBER_TASK_STACK, &value));
	ck_assert_uint_eq(value, 0xffffc90000004000);
	assert_ok(member_read_string(&kernel, TASK, MEMBER_TASK_COMM, text, sizeof(text)));
	ck_assert_str_eq(text, "0123456789abcde");
	assert_ok(member_read_string(&kernel, TASK, MEMBER_TASK_COMM, little, sizeof(little)));
	ck_assert_str_eq(little, "012");
	assert_ok(object_read(&kernel, types_find_struct(kernel.types, "task_struct"), TASK,
			      "state.counter", &value));
	ck_assert_uint_eq(value, 2);
	close_kernel();
}
END_TEST

START_TEST(what_is_not_there_is_said)
{
	struct type task;
	uint64_t value;

	open_kernel();
	task = types_find_struct(kernel.types, "task_struct");
	assert_err(member_read(&kernel, TASK, MEMBER_MODULE_NAME, &value), ERR_NOT_FOUND);
	assert_err(member_read(&kernel, TASK, MEMBER_TASK_COMM, &value), ERR_INVALID);
	assert_err(member_read(&kernel, 0x10, MEMBER_TASK_STATE, &value), ERR_UNMAPPED);
	assert_err(object_read(&kernel, task, TASK, "flavour", &value), ERR_NOT_FOUND);
	assert_err(object_read(&kernel, (struct type){0}, TASK, "x", &value), ERR_NOT_FOUND);
	assert_err(variable_read(&kernel, "jiffies", 8, &value), ERR_NOT_FOUND);
	fake_symbol("jiffies", TASK);
	assert_err(variable_read(&kernel, "jiffies", 8, &value), ERR_NOT_FOUND); /* no symbols */
	kernel.symbols = (struct symbols *)&fake; /* never looked into */
	fake_u64(TASK, 0x1122334455667788);
	assert_ok(variable_read(&kernel, "jiffies", 4, &value));
	ck_assert_uint_eq(value, 0x55667788);
	close_kernel();
}
END_TEST

START_TEST(members_of_bytes_already_read)
{
	uint8_t bytes[40] = {[0] = 7, [32] = 0xef, [39] = 0x80};
	uint64_t value;

	open_kernel();
	ck_assert(member_get(&kernel, bytes, 40, MEMBER_TASK_STACK, &value));
	ck_assert_uint_eq(value, 0x80000000000000ef);
	ck_assert(!member_get(&kernel, bytes, 39, MEMBER_TASK_STACK, &value));
	ck_assert(!member_get(&kernel, bytes, 20, MEMBER_TASK_STACK, &value));
	ck_assert(!member_get(&kernel, bytes, 40, MEMBER_TASK_COMM, &value));
	close_kernel();
}
END_TEST

UNIT_MAIN("object", members_are_read, what_is_not_there_is_said, members_of_bytes_already_read)
