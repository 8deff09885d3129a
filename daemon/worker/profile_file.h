/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_PROFILE_FILE
#define TRIAGE_DAEMON_WORKER_PROFILE_FILE

#include <stddef.h>

#include "base/error.h"

/* A site's own, and below the state directory those that the daemon keeps: NAME.profile. */
#define PROFILE_SITE_DIR "/etc/triage/profiles.d"
#define PROFILE_KEPT_NAME "profiles"
#define PROFILES_KEPT_MAX 64

/*
 * A profile's file: a new fd, or -1 when there is none. name, a release or a build-id, comes from a dump
 * or from a worker that may have been turned: only what is harmless in a path is taken, and only a plain
 * file is opened.
 */
int profile_file_open(const char *directory, const char *name);
/*
 * Keep what a worker made, under the build-id it says or else its release, in directory, which is made
 * when it is not there. It is read first: what is no whole profile is ERR_CORRUPT. Nobody ever sees
 * half a file. Beyond PROFILES_KEPT_MAX the oldest go.
 */
struct err *profile_file_keep(const char *directory, const char *text, size_t length);

#endif
