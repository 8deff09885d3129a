/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "fake_memory.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/types/profile_check.h"

#define BANNER (FAKE_BASE + 0x100)
#define INIT_TASK (FAKE_BASE + 0x1000)
#define UTS (FAKE_BASE + 0x2000)
#define BUILT "Linux version 4.18.0-147.el8.x86_64 (mock) #1 SMP Thu Nov 21 2019"

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

bool memory_is_kernel(const struct memory *memory, uint64_t va)
{
	(void)memory;
	return va >= FAKE_BASE;
}

static struct kernel kernel = {.memory = (struct memory *)1, .symbols = (struct symbols *)1};

static void set_vmcoreinfo(const char *text)
{
	vmcoreinfo_free(kernel.vmcoreinfo);
	kernel.vmcoreinfo = NULL;
	if (text)
		assert_ok(vmcoreinfo_parse(text, strlen(text), &kernel.vmcoreinfo));
}

/* A kernel with its banner, init_task (comm at 32, pid at 24, tasks at 0) and the name of the system. */
static void build(const char *vmcoreinfo)
{
	memset(&fake, 0, sizeof(fake));
	set_vmcoreinfo(vmcoreinfo);
	fake_put(BANNER, BUILT "\n", sizeof(BUILT "\n"));
	fake_symbol("init_task", INIT_TASK);
	fake_symbol("init_uts_ns", UTS);
	fake_u64(INIT_TASK, INIT_TASK + 0x4000);
	fake_u64(INIT_TASK + 8, INIT_TASK + 0x4000);
	fake_put(INIT_TASK + 32, "swapper/0", 10);
	fake_put(UTS + 4, "Linux", 6);
}

#define TASK "struct list_head 16\nstruct task_struct 64\n"
#define TASK_MEMBERS "\ttasks 0 struct list_head\n\tpid 24 int 4\n\tcomm 32 array 16 int 1\n"
#define UTSNAME "struct new_utsname 65\n\tsysname 0 array 65 int 1\nstruct uts_namespace 80\n"

static struct err *check_members(const char *body)
{
	_str_ struct str text = {0};
	struct profile_info info;
	struct type_provider *profile;

	str_printf(&text, "triage profile 1\nrelease x\nfrom dwarf\n%s", body);
	str_printf(&text, "sum %016llx\n", (unsigned long long)hash_bytes(text.data, text.length));
	assert_ok(profile_read(text.data, text.length, &info, &profile));
	struct err *err = profile_check_members(&kernel, profile);
	profile->ops->close(profile);
	return err;
}

START_TEST(of_this_build)
{
	struct profile_info info = {.release = "4.18.0-147.el8.x86_64",
				    .build_id = "abcdef",
				    .banner = BUILT,
				    .banner_address = BANNER};

	/* The same build-id, whatever else; the same banner, though VMCOREINFO has another build-id. */
	build("OSRELEASE=4.18.0-147.el8.x86_64\nBUILD-ID=abcdef\n");
	assert_ok(profile_check_build(&kernel, &info));
	build("OSRELEASE=4.18.0-147.el8.x86_64\nBUILD-ID=012345\n");
	assert_ok(profile_check_build(&kernel, &info));
	/* No build-id in the dump: by the banner; without that by the release. */
	build("OSRELEASE=4.18.0-147.el8.x86_64\n");
	assert_ok(profile_check_build(&kernel, &info));
	info.banner[0] = '\0';
	assert_ok(profile_check_build(&kernel, &info));
}
END_TEST

/* Built anew of the same source: release and members may be the same, the banner and build-id never. */
START_TEST(of_another_build)
{
	struct profile_info info = {.release = "4.18.0-147.el8.x86_64",
				    .build_id = "012345",
				    .banner =
					    "Linux version 4.18.0-147.el8.x86_64 (mock) #2 SMP Fri",
				    .banner_address = BANNER};

	build("OSRELEASE=4.18.0-147.el8.x86_64\nBUILD-ID=abcdef\n");
	struct err *err = profile_check_build(&kernel, &info);
	ck_assert(err && err->code == ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(err->message, "#2 SMP Fri"));
	ck_assert_ptr_nonnull(strstr(err->message, "Thu Nov 21 2019"));
	ck_assert_ptr_nonnull(strstr(err->message, "another build of one release"));
	err_free(err);
	build("OSRELEASE=4.18.0-147.el8.x86_64\n"); /* by the banner alone */
	assert_err(profile_check_build(&kernel, &info), ERR_INVALID);
	info.banner[0] = '\0';
	build("OSRELEASE=4.18.0-147.el8.x86_64\nBUILD-ID=abcdef\n"); /* by the build-id alone */
	assert_err(profile_check_build(&kernel, &info), ERR_INVALID);
	info.build_id[0] = '\0';
	build("OSRELEASE=4.18.0-193.el8.x86_64\n"); /* by the release alone */
	assert_err(profile_check_build(&kernel, &info), ERR_INVALID);
	build(NULL); /* the dump says nothing of itself */
	fake_u64(BANNER, 0);
	assert_err(profile_check_build(&kernel, &info), ERR_INVALID);
}
END_TEST

/* The kernel's own note, which the linker wrote, has the last word on the build-id. */
START_TEST(by_the_note_in_memory)
{
	static const uint8_t note[] = {4, 0, 0,	  0,   3,   0, 0,    0,	   3,	 0,
				       0, 0, 'G', 'N', 'U', 0, 0xab, 0xcd, 0xef, 0};
	struct profile_info info;

	build("OSRELEASE=4.18.0\nBUILD-ID=012345\n");
	fake_put(FAKE_BASE + 0x3000, note, sizeof(note));
	fake_symbol("__start_notes", FAKE_BASE + 0x3000);
	fake_symbol("__stop_notes", FAKE_BASE + 0x3000 + sizeof(note));
	profile_identify(&kernel, 0, &info);
	ck_assert_str_eq(info.build_id, "abcdef");
	fake_put(FAKE_BASE + 0x3004, "\xff\xff\xff\xff", 4); /* longer than all notes */
	profile_identify(&kernel, 0, &info);
	ck_assert_str_eq(info.build_id, "012345");
}
END_TEST

START_TEST(members_that_disprove_themselves)
{
	static const char *const wrong[] = {
		TASK "\tcomm 40 array 16 int 1\n",
		TASK "\tpid 32 int 4\n",
		TASK "\ttasks 16 struct list_head\n",
		UTSNAME "\tname 8 struct new_utsname\n",
	};

	build(NULL);
	assert_ok(check_members(TASK TASK_MEMBERS));
	assert_ok(check_members(UTSNAME "\tname 4 struct new_utsname\n"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct err *err = check_members(wrong[i]);

		ck_assert_msg(err && err->code == ERR_INVALID, "%zu", i);
		ck_assert_ptr_nonnull(strstr(err->message, "contradicts the dump"));
		err_free(err);
	}
	/* What is not there, or left out of the dump, tells nothing. */
	assert_ok(check_members("struct task_struct 8\n"));
	fake.excluded = INIT_TASK + 44;
	assert_ok(check_members(TASK "\tcomm 40 array 16 int 1\n"));
}
END_TEST

UNIT_MAIN("profile_check", of_this_build, of_another_build, by_the_note_in_memory,
	  members_that_disprove_themselves)
