/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_MODULE_FILE
#define TRIAGE_DAEMON_WORKER_MODULE_FILE

/*
 * A module's file, for comparing code: a new fd, or -1 when there is none. It is looked for in
 * directory (of --modules) when that is not NULL, else in /lib/modules/RELEASE: by modules.dep
 * there, or as NAME.ko, NAME.ko.xz and the like right in it. release and module come from a dump,
 * or from a worker that may have been turned: only names that are harmless in a path are taken, and
 * only plain files are opened.
 */
int module_file_open(const char *directory, const char *release, const char *module);

#endif
