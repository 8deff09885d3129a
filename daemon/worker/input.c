/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a dump and what stands beside it. */
#include "daemon/worker/input.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/io.h"
#include "base/str.h"
#include "daemon/spool/sniff.h"
#include "daemon/worker/dump_set.h"
#include "kernel/dump/dump_foreign.h"
#include "kernel/symbols/vmlinux.h"
#include "kernel/symbols/vmlinux_find.h"

#define HEAD_LOOKED_AT 4096	 /* of a file, to tell a log from a dump */
#define STREAM_MAX (512ll << 20) /* of what comes through a pipe; it is held in memory */
#define HEAD_BYTES (256u << 10)	 /* of a dump, searched for its release and build-id */

void input_close(struct input *input)
{
	int fds[] = {input->dump_fd, input->dmesg_fd, input->vmlinux_fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		cleanup_close(&fds[i]);
	for (size_t i = 0; i < input->more_count; i++)
		close(input->more_fds[i]);
	free(input->more_fds);
	for (size_t i = 0; i < input->part_count; i++)
		close(input->part_fds[i]);
	free(input->part_fds);
	json_decref(input->files);
	*input = (struct input)INPUT_NONE;
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

/* A byte that text, and what a boot loader types on a console, has no use for; half a UTF-8 sequence is one too. */
static bool is_odd(const unsigned char *at, const unsigned char *end)
{
	if (*at >= 0xc0)
		return at + 1 < end && (at[1] & 0xc0) != 0x80;
	return *at < ' ' && !strchr("\t\n\r\033\f\b\a", *at);
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
	static const char *const names[] = {"vmcore-dmesg.txt", "vmcore-dmesg.txt.*",
					    "dmesg.txt",	"dmesg",
					    "dmesg.*",		"vmcore-dmesg-incomplete.txt"};
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

/* --- what it is ------------------------------------------------------------------------------- */

/* UTF-16 has NULs in half of its bytes: the byte order mark tells it. */
static bool is_utf16(const char *head, size_t length)
{
	return length > 2 && (!memcmp(head, "\xff\xfe", 2) || !memcmp(head, "\xfe\xff", 2));
}

/* What is packed is taken for a log; that a dump comes out of it, the worker will find. */
static bool is_log(const char *head, size_t length)
{
	enum sniff_format format = sniff_format_of(head, MIN(length, (size_t)SNIFF_BYTES));
	enum err_code code;

	if (format != SNIFF_NONE || foreign_name(head, length, &code))
		return sniff_is_packed(format);
	return looks_like_text(head, length) || is_utf16(head, length);
}

static struct err *read_head(int fd, const char *path, char head[HEAD_LOOKED_AT], size_t *length)
{
	ssize_t got = pread(fd, head, HEAD_LOOKED_AT, 0);

	*length = got < 0 ? 0 : (size_t)got;
	return got < 0 ? err_errno(errno, "read \"%s\"", path) : NULL;
}

bool input_is_log(const char *path)
{
	_close_ int fd = -1;
	char head[HEAD_LOOKED_AT];
	size_t length;

	return err_ok(open_regular(path, &fd, NULL)) &&
	       err_ok(read_head(fd, path, head, &length)) && is_log(head, length);
}

/* --- standard input --------------------------------------------------------------------------- */

/* What comes through a pipe, kept in memory: who reads it needs to go to and fro. */
static struct err *keep_stream(int from, int *ret, int64_t *size)
{
	_close_ int fd = memfd_create("stdin", MFD_CLOEXEC);
	char buf[65536];
	ssize_t got;

	if (fd < 0)
		return err_errno(errno, "memfd_create");
	for (*size = 0; (got = read(from, buf, sizeof(buf))); *size += got) {
		if (got < 0 && errno == EINTR) {
			got = 0;
			continue;
		}
		if (got < 0)
			return err_errno(errno, "read standard input");
		if (!*size && sniff_format_of(buf, (size_t)MIN(got, SNIFF_BYTES)) != SNIFF_NONE &&
		    !is_log(buf, (size_t)got))
			return err_new(ERR_INVALID,
				       "a crash dump through a pipe: give it as a file");
		if (*size >= STREAM_MAX)
			return err_new(ERR_LIMIT, "more than %lld MiB through standard input",
				       STREAM_MAX >> 20);
		TRY(io_write_all(fd, buf, (size_t)got));
	}
	*ret = take_fd(fd);
	return NULL;
}

static struct err *open_stdin(int *ret, int64_t *size)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st))
		return err_errno(errno, "standard input");
	if (S_ISDIR(st.st_mode))
		return err_new(ERR_UNSUPPORTED, "standard input is a directory");
	if (!S_ISREG(st.st_mode))
		return keep_stream(STDIN_FILENO, ret, size);
	*size = st.st_size;
	*ret = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return *ret < 0 ? err_errno(errno, "standard input") : NULL;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* What helps to read the dump that is open. */
static void find_beside(const char *path, bool vmlinux_too, struct input *input)
{
	if (strcmp(path, "-") != 0) {
		find_dmesg(path, input);
		input->part_fds = dump_set_open(path, input->dump_fd, &input->part_count);
	}
	if (vmlinux_too)
		input->vmlinux_fd = input_find_vmlinux(input->dump_fd);
}

struct err *input_take_unpacked(struct input *input, const char *path, const char *vmlinux, int fd)
{
	char head[HEAD_LOOKED_AT];
	size_t length;

	cleanup_close(&input->dmesg_fd);
	cleanup_close(&input->vmlinux_fd);
	input->vmlinux_fd = -1;
	input->dmesg_fd = fd;
	TRY(read_head(fd, path, head, &length));
	if (is_log(head, length))
		return NULL;
	input->dump_fd = take_fd(input->dmesg_fd);
	find_beside(path, !vmlinux, input);
	return vmlinux ? open_regular(vmlinux, &input->vmlinux_fd, NULL) : NULL;
}

struct err *input_open(const char *path, const char *vmlinux, struct input *ret)
{
	_input_ struct input input = INPUT_NONE;
	bool stream = !strcmp(path, "-");
	struct identity identity;
	char head[HEAD_LOOKED_AT];
	size_t length;

	if (stream)
		TRY(open_stdin(&input.dump_fd, &input.size));
	else
		TRY(open_regular(path, &input.dump_fd, &input.size));
	TRY(read_head(input.dump_fd, path, head, &length));
	TRY(identity_read(input.dump_fd, &identity));
	copy_string(input.uid, sizeof(input.uid), identity.uid);
	if (is_log(head, length)) {
		input.dmesg_fd = take_fd(input.dump_fd);
	} else {
		find_beside(path, !vmlinux, &input);
	}
	if (vmlinux)
		TRY(open_regular(vmlinux, &input.vmlinux_fd, NULL));
	*ret = input;
	input = (struct input)INPUT_NONE;
	return NULL;
}

/* Another file in front of those that are open. */
static struct err *open_before(struct input *input, const char *path)
{
	_close_ int fd = -1;
	int64_t size = 0;

	TRY(open_regular(path, &fd, &size));
	if (!input_is_log(path))
		return err_new(ERR_INVALID, "\"%s\" is no log", path);
	if (!array_grow(input->more_fds, input->more_count))
		return &err_nomem;
	memmove(input->more_fds + 1, input->more_fds,
		input->more_count * sizeof(input->more_fds[0]));
	input->more_fds[0] = input->dmesg_fd;
	input->more_count++;
	input->dmesg_fd = take_fd(fd);
	input->size += size;
	json_array_insert_new(input->files, 0, json_escaped(path));
	return NULL;
}

struct err *input_open_logs(char *const *paths, size_t count, struct input *ret)
{
	_input_ struct input input = INPUT_NONE;

	TRY(input_open(paths[count - 1], NULL, &input));
	if (input.dmesg_fd < 0 || input.dump_fd >= 0)
		return err_new(ERR_INVALID, "\"%s\" is no log", paths[count - 1]);
	input.files = json_array();
	json_array_append_new(input.files, json_escaped(paths[count - 1]));
	for (size_t i = count - 1; i-- > 0 && input.size < INPUT_LOGS_SIZE_MAX;)
		TRY(open_before(&input, paths[i]));
	*ret = input;
	input = (struct input)INPUT_NONE;
	return NULL;
}

/* --- several that are one dump ------------------------------------------------------------------ */

/* A part that was named, unless it was found beside the others. */
static struct err *add_part(struct input *input, const char *path)
{
	_close_ int fd = -1;
	bool known;

	TRY(open_regular(path, &fd, NULL));
	known = dump_set_is_same_file(fd, input->dump_fd);
	for (size_t i = 0; i < input->part_count && !known; i++)
		known = dump_set_is_same_file(fd, input->part_fds[i]);
	if (known)
		return NULL;
	if (!array_grow(input->part_fds, input->part_count))
		return &err_nomem;
	input->part_fds[input->part_count++] = take_fd(fd);
	return NULL;
}

struct err *input_open_set(char *const *paths, size_t count, const char *vmlinux, struct input *ret)
{
	_input_ struct input input = INPUT_NONE;

	if (count > 1 && input_is_log(paths[0]))
		return input_open_logs(paths, count, ret);
	TRY(input_open(paths[0], vmlinux, &input));
	for (size_t i = 1; i < count; i++)
		TRY(add_part(&input, paths[i]));
	*ret = input;
	input = (struct input)INPUT_NONE;
	return NULL;
}
