/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_UNPACK_FILE
#define TRIAGE_DAEMON_CLI_UNPACK_FILE

#include "base/error.h"
#include "daemon/cli/cmd.h"
#include "daemon/spool/sniff.h"
#include "daemon/worker/input.h"

/*
 * A dump that is compressed as a whole, for a verb: it is unpacked as the daemon does it, into an
 * unnamed file in $TMPDIR, else /var/tmp, which may be filled but for UNPACK_FILE_RESERVE. The
 * errors of unpack.h; ERR_LIMIT names the directory.
 */
#define UNPACK_FILE_RESERVE (64u << 20) /* bytes that are left free */

/* The format of a packed file, SNIFF_NONE for any other. */
enum sniff_format unpack_file_format(int fd);
/* The file in fd, which stays the caller's; *ret is the unpacked one. Seconds. */
struct err *unpack_file(int fd, enum sniff_format format, unsigned timeout_s,
			struct cmd_progress *progress, int *ret);
/* An input that was taken for a packed log becomes one of what is in it. vmlinux may be NULL. */
struct err *unpack_file_input(const char *path, const char *vmlinux, unsigned timeout_s,
			      struct cmd_progress *progress, struct input *input);

#endif
