/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a log that stands in a file or a string. */
#include "kernel/printk/dmesg.h"

#include <errno.h>
#include <unistd.h>

#include "kernel/printk/dmesg_lines.h"

struct err *dmesg_parse(const char *text, size_t length, struct log **ret)
{
	struct log_builder builder = {0};

	dmesg_lines_add(&builder, text, MIN(length, DMESG_SIZE_MAX));
	return log_finish(&builder, "dmesg file", ret);
}

struct err *dmesg_read(int fd, struct log **ret)
{
	_str_ struct str text = {0};
	char buf[65536];
	ssize_t got = 0;

	while (text.length < DMESG_SIZE_MAX) {
		got = pread(fd, buf, sizeof(buf), (off_t)text.length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		str_append(&text, buf, (size_t)got);
		if (text.failed)
			return &err_nomem;
	}
	if (got < 0)
		return err_errno(errno, "read the dmesg file");
	if (!text.length)
		return err_new(ERR_NOT_FOUND, "the dmesg file is empty");
	return dmesg_parse(text.data, text.length, ret);
}
