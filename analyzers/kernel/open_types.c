/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who tells of the dead kernel's types. */
#include "kernel/open_types.h"

#include "kernel/open_dwarf.h"
#include "kernel/open_module_types.h"
#include "kernel/open_profile.h"
#include "kernel/probe/probe.h"
#include "kernel/types/btf_dump.h"
#include "kernel/types/types.h"

#define GIVE_TYPES                                                                                 \
	"give the matching vmlinux with --vmlinux, or a profile made of it with --profile"
#define OLD_PROFILE "make it anew of the vmlinux: triage profile VMLINUX -o FILE"

/* Of data that is there and cannot be read nobody may say that it is not there. */
static bool is_unreadable(const struct err *err)
{
	return err->code == ERR_TRUNCATED || err->code == ERR_DAMAGED ||
	       err->code == ERR_EXCLUDED || err->code == ERR_IO;
}

static const char *types_remedy(const struct err *why)
{
	return why && is_unreadable(why) ? GIVE_TYPES
					 : "the kernel was built without BTF: " GIVE_TYPES;
}

static struct err *open_btf(struct kernel *kernel, const struct kernel_options *options)
{
	return options->no_btf ? err_new(ERR_NOT_FOUND, "BTF is not to be used")
			       : btf_dump_open(kernel);
}

/* NULL where there is no vmlinux, or one without debug information, which is said. */
static struct type_provider *find_dwarf(struct kernel *kernel, const struct kernel_options *options)
{
	struct type_provider *dwarf = NULL;
	struct err *err =
		kernel->vmlinux_fd < 0 ? NULL : open_dwarf(options, kernel->vmlinux_fd, &dwarf);

	if (err)
		kernel_degrade(kernel, "debuginfo", err, NULL);
	return dwarf;
}

/* What was found by looking is less than what was said, and is said to be so. */
static void degrade_probed(struct kernel *kernel, struct err *why)
{
	const char *remedy = types_remedy(why);

	kernel->probed = true;
	kernel_degrade(kernel, kernel_step_name(STEP_TYPES),
		       err_wrap(why,
				"%zu members were found by probing, %zu of them by one witness "
				"alone",
				kernel->members_proven + kernel->members_inferred,
				kernel->members_inferred),
		       remedy);
}

/* Take over err, why there is no BTF. */
static struct err *add_profile(struct kernel *kernel, struct profile_found *found, struct err *why)
{
	kernel->types_from = "profile";
	kernel->members_proven = found->info.proven;
	kernel->members_inferred = found->info.inferred;
	if (found->info.probed)
		degrade_probed(kernel, why);
	else
		err_free(why);
	if (!found->info.whole)
		kernel_degrade(kernel, kernel_step_name(STEP_TYPES),
			       err_new(ERR_UNSUPPORTED,
				       "the profile was made by another release of "
				       "triage, which asked for other members"),
			       OLD_PROFILE);
	return types_add(kernel->types, take_ptr(found->provider));
}

static struct err *probe_types(struct kernel *kernel, struct err *why)
{
	struct err *err = probe_open(kernel);

	if (err && is_unreadable(why) && err->code != ERR_NOMEM) {
		err_free(err);
		return why;
	}
	if (err) {
		err_free(why);
		return err;
	}
	kernel->types_from = "probing";
	degrade_probed(kernel, why);
	return NULL;
}

/* Without BTF, for the reason why. A profile beside DWARF saves reading all of that. */
static struct err *add_others(struct kernel *kernel, struct type_provider *dwarf,
			      struct profile_found *found, struct err *why)
{
	struct err *err = NULL;
	bool by_profile = found->provider && (!dwarf || open_profile_spares_dwarf(found));

	if (by_profile)
		err = add_profile(kernel, found, why);
	if (dwarf) {
		if (!by_profile) {
			err_free(why);
			kernel->types_from = "dwarf";
		}
		struct err *refused = types_add(kernel->types, dwarf);
		if (refused)
			kernel->dwarf = NULL;
		err_free(err);
		err = refused;
	} else if (!by_profile) {
		err = probe_types(kernel, why);
	}
	return err;
}

void open_types(struct kernel *kernel, const struct kernel_options *options)
{
	struct err *err = open_btf(kernel, options);
	struct type_provider *dwarf = find_dwarf(kernel, options);
	_cleanup_(profile_found_deinit) struct profile_found found = {0};

	kernel->dwarf = dwarf;
	open_profile_find(kernel, options, err != NULL, &found);
	if (err) {
		err = add_others(kernel, dwarf, &found, err);
	} else {
		kernel->types_from = "btf";
		if (dwarf && !err_ok(types_add(kernel->types, dwarf)))
			kernel->dwarf = NULL;
	}
	types_set_loader(kernel->types, open_module_types, kernel);
	kernel_note(kernel, STEP_TYPES, err, types_remedy(err));
}
