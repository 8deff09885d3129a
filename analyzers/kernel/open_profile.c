/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the profile of a dead kernel, and makes one for the next dump of its build. */
#include "kernel/open_profile.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "kernel/dump/dump.h"
#include "kernel/modules/module.h"
#include "kernel/open_dwarf.h"
#include "kernel/symbols/vmlinux.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/profile_check.h"

#define WRONG_PROFILE "make one of this kernel's vmlinux: triage profile VMLINUX -o FILE"

void profile_found_deinit(struct profile_found *found)
{
	if (found->provider)
		found->provider->ops->close(found->provider);
	found->provider = NULL;
}

/* --- looking ------------------------------------------------------------------------------------ */

/* Takes the fd over. A byte more than a profile may have shows that it is too large. */
static struct err *read_file(int fd, char *text, size_t *length)
{
	_close_ int file = fd;

	return io_read_at(file, 0, text, PROFILE_BYTES_MAX + 1, length);
}

static struct err *open_one(struct kernel *kernel, int fd, struct profile_found *found)
{
	_free_ char *text = malloc(PROFILE_BYTES_MAX + 1);
	size_t length = 0;

	if (!text) {
		close(fd);
		return &err_nomem;
	}
	TRY(read_file(fd, text, &length));
	TRY(profile_read(text, length, &found->info, &found->provider));
	TRY(profile_check_build(kernel, &found->info));
	return profile_check_members(kernel, found->provider);
}

/* Those that are kept are made anew where they will not do: nobody has to be told. */
static void try_place(struct kernel *kernel, const struct kernel_options *options,
		      const char *place, const char *name, struct profile_found *found)
{
	int fd = found->provider || !*name
			 ? -1
			 : options->open_file(options->open_file_context, place, name);

	if (fd < 0)
		return;
	struct err *err = open_one(kernel, fd, found);
	bool kept = !strcmp(place, OPEN_PROFILE_KEPT);
	if (err || (kept && !found->info.whole))
		profile_found_deinit(found);
	if (!err || kept) {
		err_free(err);
		return;
	}
	bool given = !strcmp(place, OPEN_PROFILE);
	kernel_degrade(kernel, given ? DEGRADED_PROFILE : DEGRADED_SITE_PROFILE,
		       given ? err : err_wrap(err, "%s", name), WRONG_PROFILE);
}

void open_profile_find(struct kernel *kernel, const struct kernel_options *options, bool all,
		       struct profile_found *ret)
{
	static const char *const places[] = {OPEN_PROFILE_SITE, OPEN_PROFILE_KEPT};
	struct profile_info dead;

	*ret = (struct profile_found){0};
	if (!options->open_file)
		return;
	try_place(kernel, options, OPEN_PROFILE, "-", ret);
	if (!all)
		return;
	profile_identify(kernel, 0, &dead);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		try_place(kernel, options, places[i], dead.build_id, ret);
		try_place(kernel, options, places[i], dead.release, ret);
	}
}

/* --- making ------------------------------------------------------------------------------------- */

static void put_banner(int fd, struct profile_info *info)
{
	char banner[sizeof(info->banner)];
	uint64_t address;

	if (fd < 0 || !vmlinux_banner(fd, banner, sizeof(banner), &address))
		return;
	copy_string(info->banner, sizeof(info->banner), banner);
	info->banner_address = address;
}

static void make(struct kernel *kernel)
{
	_str_ struct str text = {0};
	struct profile_info info;

	profile_identify(kernel, 0, &info);
	put_banner(kernel->vmlinux_fd, &info);
	info.probed = kernel->probed;
	info.proven = kernel->members_proven;
	info.inferred = kernel->members_inferred;
	if (err_ok(profile_make(kernel->types, &info, &text)))
		kernel->new_profile = str_take(&text);
}

struct err *open_profile_of_vmlinux(const struct kernel_options *options, struct str *ret)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	struct type_provider *dwarf;
	struct profile_info info = {.banner_address = 0};
	const char *release = info.banner + strlen("Linux version ");

	TRY(types_open(&types));
	TRY(open_dwarf(options, options->vmlinux_fd, &dwarf));
	TRY(types_add(types, dwarf));
	vmlinux_build_id(options->vmlinux_fd, info.build_id, sizeof(info.build_id));
	put_banner(options->vmlinux_fd, &info);
	if (info.banner[0])
		copy_part(info.release, sizeof(info.release), release, strcspn(release, " "));
	if (!info.build_id[0] && !info.release[0])
		return err_new(ERR_INVALID,
			       "neither build-id nor banner says of which kernel it is");
	return profile_make(types, &info, ret);
}

/* A probe of a dump that lacks pages, or whose lists are broken, may have missed what others have. */
static bool was_hampered(const struct kernel *kernel)
{
	const unsigned steps = STEP_PERCPU | STEP_MODULES | STEP_TASKS | STEP_STACKS;
	const struct dump_info *info = kernel->dump ? dump_info(kernel->dump) : NULL;

	return !info || info->truncated || info->incomplete || (kernel->steps & steps) != steps ||
	       tasks_error(kernel->tasks) || modules_error(kernel->modules);
}

void open_profile_make(struct kernel *kernel)
{
	const char *from = kernel->types_from ? kernel->types_from : "";

	if (!strcmp(from, "dwarf") || (!strcmp(from, "probing") && !was_hampered(kernel)))
		make(kernel);
}
