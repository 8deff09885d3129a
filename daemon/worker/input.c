/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a dump and what stands beside it. */
#include "daemon/worker/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "daemon/spool/sniff.h"
#include "kernel/symbols/vmlinux.h"
#include "kernel/symbols/vmlinux_find.h"

#define HEAD_BYTES (256u << 10) /* of a dump, searched for its release and build-id */

void input_close(struct input *input)
{
	int fds[] = {input->dump_fd, input->dmesg_fd, input->vmlinux_fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		cleanup_close(&fds[i]);
	*input = (struct input){.dump_fd = -1, .dmesg_fd = -1, .vmlinux_fd = -1};
}

/* No FIFO or device may hold us up, and what is opened must be a plain file. */
static struct err *open_regular(const char *path, int *ret, int64_t *size)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "open \"%s\"", path);
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_UNSUPPORTED, "\"%s\" is not a regular file", path);
	if (size)
		*size = st.st_size;
	*ret = take_fd(fd);
	return NULL;
}

/* A byte that text has no use for; half a UTF-8 sequence is one too. */
static bool is_odd(const unsigned char *at, const unsigned char *end)
{
	if (*at >= 0xc0)
		return at + 1 < end && (at[1] & 0xc0) != 0x80;
	return *at < ' ' && !strchr("\t\n\r\033\f", *at);
}

/*
 * Text, in whatever form: whether it is a kernel's log, its lines tell. Pastes and files cut by a
 * crash hold NULs; a dump whose signature is damaged is mostly NULs and small numbers.
 */
static bool looks_like_text(const char *head, size_t length)
{
	const unsigned char *at = (const unsigned char *)head, *end = at + length;
	size_t odd = 0, bytes = 0;

	for (; at < end; at++) {
		bytes += *at != 0;
		odd += *at != 0 && is_odd(at, end);
	}
	return bytes && odd * 50 <= bytes;
}

static bool is_name(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       strchr("._+~-", c);
}

/* The value of a VMCOREINFO line, only of characters that are harmless in a path. */
static bool head_value(const char *head, size_t length, const char *key, char *value, size_t size)
{
	const char *at = memmem(head, length, key, strlen(key));
	size_t n = 0;

	if (!at)
		return false;
	for (at += strlen(key); at < head + length && n + 1 < size && *at && is_name(*at); at++)
		value[n++] = *at;
	value[n] = '\0';
	return n && value[0] != '.';
}

int input_find_vmlinux(int dump_fd)
{
	char release[65], build_id[BUILD_ID_MAX], found[512];
	_free_ char *head = malloc(HEAD_BYTES);
	ssize_t length = head ? pread(dump_fd, head, HEAD_BYTES, 0) : -1;
	int fd = -1;

	if (length < 0)
		return -1;
	bool has_release = head_value(head, (size_t)length, "OSRELEASE=", release, sizeof(release));
	bool has_id = head_value(head, (size_t)length, "BUILD-ID=", build_id, sizeof(build_id));

	if ((!has_release && !has_id) ||
	    !err_ok(vmlinux_find("", has_release ? release : NULL, has_id ? build_id : NULL, found,
				 sizeof(found), &fd)))
		return -1;
	return fd;
}

/* The log that kdump scripts leave beside a dump, by the names distributions give it. */
static void find_dmesg(const char *path, struct input *input)
{
	static const char *const names[] = {"vmcore-dmesg.txt", "dmesg.txt", "dmesg", "dmesg.*",
					    "vmcore-dmesg-incomplete.txt"};
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < ARRAY_SIZE(names) && input->dmesg_fd < 0; i++) {
		_str_ struct str pattern = {0};
		glob_t found = {0};

		str_append(&pattern, path, slash ? (size_t)(slash - path + 1) : 0);
		str_puts(&pattern, names[i]);
		if (!pattern.failed && !glob(pattern.data, 0, NULL, &found) && found.gl_pathc)
			err_free(open_regular(found.gl_pathv[0], &input->dmesg_fd, NULL));
		globfree(&found);
	}
}

struct err *input_open(const char *path, const char *vmlinux, struct input *ret)
{
	_input_ struct input input = {.dump_fd = -1, .dmesg_fd = -1, .vmlinux_fd = -1};
	struct identity identity;
	char head[4096];

	TRY(open_regular(path, &input.dump_fd, &input.size));
	ssize_t length = pread(input.dump_fd, head, sizeof(head), 0);
	if (length < 0)
		return err_errno(errno, "read \"%s\"", path);
	TRY(identity_read(input.dump_fd, &identity));
	copy_string(input.uid, sizeof(input.uid), identity.uid);
	if (sniff_format_of(head, (size_t)MIN(length, SNIFF_BYTES)) == SNIFF_NONE &&
	    looks_like_text(head, (size_t)length)) {
		input.dmesg_fd = take_fd(input.dump_fd);
	} else {
		find_dmesg(path, &input);
		if (!vmlinux)
			input.vmlinux_fd = input_find_vmlinux(input.dump_fd);
	}
	if (vmlinux)
		TRY(open_regular(vmlinux, &input.vmlinux_fd, NULL));
	*ret = input;
	input = (struct input){.dump_fd = -1, .dmesg_fd = -1, .vmlinux_fd = -1};
	return NULL;
}
