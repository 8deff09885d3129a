/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for all asynchronous functions, by the call in the caller's code; and who only for those before it. */
#include "unit.h"

#include <string.h>

#include "fake_kernel.h"
#include "kernel/locking/sleeper.h"
#include "locks/async_user.h"

#define FULL (FAKE_BASE + 0x1000)
#define COOKIE (FAKE_BASE + 0x1100)
#define CALLER (FAKE_BASE + 0x2000)

static bool waits_for_all(const char *caller, uint8_t opcode, uint64_t target)
{
	struct call calls[] = {{.function = "schedule"},
			       {.function = "async_synchronize_cookie_domain"},
			       {.function = caller, .address = CALLER + 5}};
	const struct sleeper sleeper = {.calls = calls, .call_count = ARRAY_SIZE(calls)};
	uint32_t distance = (uint32_t)(target - CALLER - 5);
	uint8_t code[8] = {opcode};
	uint64_t word;

	memcpy(code + 1, &distance, sizeof(distance));
	memcpy(&word, code, sizeof(word));
	fake_open(NULL);
	fake_symbol("async_synchronize_full", FULL);
	fake_symbol("async_synchronize_cookie", COOKIE);
	fake_u64(CALLER, word);
	bool ret = async_user_waits_for_all(&kernel, &sleeper);
	fake_close();
	return ret;
}

START_TEST(the_call_tells)
{
	ck_assert(waits_for_all("lab_probe", 0xe8, FULL));
	ck_assert(!waits_for_all("lab_probe", 0xe8, COOKIE));
	ck_assert(!waits_for_all("lab_probe", 0xff, FULL));
	ck_assert(waits_for_all("async_synchronize_full_domain", 0xff, COOKIE));
}
END_TEST

START_TEST(without_a_caller_nothing_is_told)
{
	struct call calls[] = {{.function = "async_synchronize_cookie_domain"}};
	const struct sleeper sleeper = {.calls = calls, .call_count = 1};

	fake_open(NULL);
	ck_assert(!async_user_waits_for_all(&kernel, &sleeper));
	fake_close();
}
END_TEST

UNIT_MAIN("async_user", the_call_tells, without_a_caller_nothing_is_told)
