/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_OBJECT_FILE
#define TRIAGE_DAEMON_WORKER_OBJECT_FILE

/*
 * The file of a program or shared library that a log names: a new fd, or -1 when there is none. The
 * log has no path, so the usual directories below root (of --sysroot, NULL: the machine's own) are
 * looked into, then root itself. name may come from anybody: it must be harmless in a path, and only
 * plain files are opened.
 */
int object_file_open(const char *root, const char *name);
/* The debug file of a build-id (hex digits): below root, or in the cache of debuginfod's client. */
int object_file_debug(const char *root, const char *build_id);

#endif
