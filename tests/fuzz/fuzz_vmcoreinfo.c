/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VMCOREINFO note out of any bytes. */
#include "kernel/dump/vmcoreinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmcoreinfo *info;
	uint64_t value;

	if (!err_ok(vmcoreinfo_parse((const char *)data, size, &info)))
		return 0;
	vmcoreinfo_symbol(info, "_stext", &value);
	vmcoreinfo_number(info, "phys_base", &value);
	vmcoreinfo_offset(info, "page.flags", &value);
	vmcoreinfo_kaslr_offset(info);
	vmcoreinfo_free(info);
	return 0;
}
