/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the types that a module has of its own. */
#include "kernel/open_module_types.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/modules/module.h"
#include "kernel/open_options.h"
#include "kernel/text/text_file_module.h"
#include "kernel/types/btf_dump.h"
#include "kernel/types/dwarf.h"
#include "kernel/types/types.h"

static const struct module *find_module(const struct kernel *kernel, const char *name)
{
	for (size_t i = 0; kernel->modules && i < modules_count(kernel->modules); i++)
		if (!strcmp(modules_at(kernel->modules, i)->name, name))
			return modules_at(kernel->modules, i);
	return NULL;
}

static int open_debug(void *context, const char *build_id)
{
	const struct kernel *kernel = context;

	return kernel->open_file(kernel->open_file_context, OPEN_DEBUG, build_id);
}

/* Its own file's debug information; where that was moved, or packed with the file, that of its build-id. */
static struct err *open_file_types(struct kernel *kernel, const struct module *module, int fd,
				   struct type_provider **ret)
{
	const struct dwarf_search search = {.open = open_debug, .context = kernel};
	_cleanup_(cleanup_text_file_close) struct text_file *file = NULL;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	char build_id[80];

	if (copy < 0)
		return err_new(ERR_LIMIT, "no more files can be open");
	TRY(text_file_open(copy, &file));
	TRY(text_file_module_place(file, kernel, module));
	if (TRY_OK(dwarf_open(fd, &search, ret)))
		return NULL;
	_close_ int parted = text_file_build_id(file, build_id, sizeof(build_id))
				     ? open_debug(kernel, build_id)
				     : -1;
	return parted >= 0 ? dwarf_open(parted, &search, ret)
			   : err_new(ERR_NOT_FOUND, "no debug information of %s", module->name);
}

struct err *open_module_types(void *context, const char *name)
{
	struct kernel *kernel = context;
	const char *release = vmcoreinfo_get(kernel->vmcoreinfo, "OSRELEASE");
	const struct module *module = find_module(kernel, name);
	size_t before = types_generation(kernel->types);
	struct type_provider *dwarf;

	if (kernel->btf)
		(void)TRY_OK(btf_dump_load(kernel, name));
	if (types_generation(kernel->types) != before || !module || !kernel->open_file || !release)
		return NULL;
	_close_ int fd = kernel->open_file(kernel->open_file_context, release, name);
	if (fd < 0)
		return NULL;
	TRY(open_file_types(kernel, module, fd, &dwarf));
	copy_string(dwarf->module, sizeof(dwarf->module), name);
	return types_add(kernel->types, dwarf);
}
