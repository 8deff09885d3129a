/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a profile that of the dead kernel? By what both say of their build, and by its members. */
#include "kernel/types/profile_check.h"

#include <stdio.h>
#include <string.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/build_id.h"
#include "kernel/symbols/symbol.h"

static const char banner_start[] = "Linux version ";

/* --- of which build --------------------------------------------------------------------------- */

/* linux_banner (init/version.c), without its line's end. Whatever else stands there is none. */
static void read_banner(struct kernel *kernel, uint64_t address, char *buf, size_t size)
{
	buf[0] = '\0';
	if (!kernel->memory || !address)
		return;
	/* ERR_LIMIT: the beginning is there, and long enough. */
	struct err *err = memory_read_string(kernel->memory, address, buf, size);
	bool read = !err || err->code == ERR_LIMIT;

	err_free(err);
	buf[strcspn(buf, "\n")] = '\0';
	if (!read || !has_prefix(buf, banner_start) || !is_printable(buf, strlen(buf)))
		buf[0] = '\0';
}

static void find_release(struct kernel *kernel, struct profile_info *info)
{
	const char *told = vmcoreinfo_get(kernel->vmcoreinfo, "OSRELEASE");

	if (!told && info->banner[0])
		copy_part(info->release, sizeof(info->release), info->banner + strlen(banner_start),
			  strcspn(info->banner + strlen(banner_start), " "));
	else if (!told && kernel->dump)
		told = dump_info(kernel->dump)->release;
	if (told)
		copy_string(info->release, sizeof(info->release), told);
}

void profile_identify(struct kernel *kernel, uint64_t banner_address, struct profile_info *ret)
{
	uint64_t address = 0;

	*ret = (struct profile_info){0};
	/* The dump's own symbols know of KASLR where nothing else does. */
	if (!(kernel->symbols && symbols_find(kernel->symbols, "linux_banner", &address)) &&
	    banner_address)
		address = banner_address + kernel->link_offset;
	read_banner(kernel, address, ret->banner, sizeof(ret->banner));
	if (ret->banner[0])
		ret->banner_address = address - kernel->link_offset;
	build_id_read(kernel->symbols, kernel->memory, kernel->vmcoreinfo, ret->build_id,
		      sizeof(ret->build_id));
	find_release(kernel, ret);
}

/* How messages call a build: by its banner, which also says when it was made. */
static const char *build_name(const struct profile_info *info, char *buf, size_t size)
{
	const char *release = info->release[0] ? info->release : "an unknown release";

	if (info->banner[0])
		snprintf(buf, size, "\"%s\"", info->banner);
	else if (info->build_id[0])
		snprintf(buf, size, "%s, build-id %s", release, info->build_id);
	else
		snprintf(buf, size, "%s", release);
	return buf;
}

struct err *profile_check_build(struct kernel *kernel, const struct profile_info *info)
{
	char one[640], other[640];
	struct profile_info dead;

	profile_identify(kernel, info->banner_address, &dead);
	bool ids = info->build_id[0] && dead.build_id[0];
	bool banners = info->banner[0] && dead.banner[0];
	bool same = ids && !strcmp(info->build_id, dead.build_id);

	if (!same && banners)
		same = !strcmp(info->banner, dead.banner);
	else if (!same && !ids)
		same = info->release[0] && !strcmp(info->release, dead.release);
	if (same)
		return NULL;
	return err_new(ERR_INVALID, "the profile is of %s, the dump of %s%s",
		       build_name(info, one, sizeof(one)), build_name(&dead, other, sizeof(other)),
		       !strcmp(info->release, dead.release) ? ": another build of one release"
							    : "");
}

/* --- its members ------------------------------------------------------------------------------ */

/* The address of a member of a kernel variable; false where one of them is not known. */
static bool locate(struct kernel *kernel, struct type_provider *profile, const char *symbol,
		   const char *type, const char *path, uint64_t *ret)
{
	struct member member;
	uint64_t base;

	if (!symbols_find(kernel->symbols, symbol, &base) ||
	    !type_find_member(profile->ops->find(profile, TYPE_STRUCT, type), path, &member))
		return false;
	*ret = base + member_offset(&member);
	return true;
}

static bool reads_other(struct kernel *kernel, uint64_t address, const char *start)
{
	char text[16];
	size_t length = strlen(start);

	return err_ok(memory_read(kernel->memory, address, text, length)) &&
	       memcmp(text, start, length) != 0;
}

/* Neither of its pointers may lead elsewhere; that they agree is not asked of a kernel that died. */
static bool is_no_list(struct kernel *kernel, uint64_t head)
{
	uint64_t next, prev;

	return err_ok(memory_read_u64(kernel->memory, head, &next)) &&
	       err_ok(memory_read_u64(kernel->memory, head + 8, &prev)) &&
	       !memory_is_kernel(kernel->memory, next) && !memory_is_kernel(kernel->memory, prev);
}

struct err *profile_check_members(struct kernel *kernel, struct type_provider *profile)
{
	uint64_t address, pid;
	const char *wrong = NULL;

	if (locate(kernel, profile, "init_task", "task_struct", "comm", &address) &&
	    reads_other(kernel, address, "swapper"))
		wrong = "task_struct.comm: init_task is not called swapper there";
	else if (locate(kernel, profile, "init_task", "task_struct", "pid", &address) &&
		 err_ok(memory_read_uint(kernel->memory, address, 4, &pid)) && pid)
		wrong = "task_struct.pid: init_task has not pid 0 there";
	else if (locate(kernel, profile, "init_task", "task_struct", "tasks", &address) &&
		 is_no_list(kernel, address))
		wrong = "task_struct.tasks: init_task has no list there";
	else if (locate(kernel, profile, "init_uts_ns", "uts_namespace", "name.sysname",
			&address) &&
		 reads_other(kernel, address, "Linux"))
		wrong = "uts_namespace.name: the system is not called Linux there";
	return wrong ? err_new(ERR_INVALID, "the profile contradicts the dump: %s", wrong) : NULL;
}
