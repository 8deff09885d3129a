/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_WHOLE_LOG
#define TRIAGE_DAEMON_CLI_WHOLE_LOG

#include "daemon/cli/cmd.h"
#include "daemon/worker/input.h"
#include "daemon/worker/worker.h"

/*
 * Print the whole kernel log of an input, read again in a worker: the store keeps no logs. Each line
 * escaped; with json one document, {"schema": "triage.dmesg/1", "path", "lines", "left_out", "why"}. What
 * is cut short is said on stderr. A compressed dump is unpacked, see unpack_file.h. limits: the
 * worker's; its files are the input's.
 */
struct err *whole_log_print(const char *path, struct input *input,
			    const struct worker_options *limits, bool json);

#endif
