/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel log out of any bytes; each of its lines may tell of a user program's crash. */
#include "kernel/printk/dmesg.h"
#include "log/segfault_class.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	struct segfault fault;
	uint64_t offset;

	if (!err_ok(dmesg_parse((const char *)data, size, &log)))
		return 0;
	for (size_t i = 0; i < log->count; i++) {
		if (!segfault_parse(log->lines[i].text, &fault))
			continue;
		segfault_offset(&fault, &offset);
		segfault_access(&fault);
		segfault_error_word(&fault, 3);
		segfault_class(&fault, NULL);
		if (i + 1 < log->count)
			segfault_parse_code(log->lines[i + 1].text, &fault);
	}
	return 0;
}
