/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_FRAMES
#define TRIAGE_CRASH_CRASH_FRAMES

#include "crash/crash.h"
#include "log/report_place.h"

/*
 * The crash's stack from the function that crashed outwards, by whichever source tells it: 0 is the
 * function of crash->at. Frames that are only a guess ("?", a scan) are left out where others are known.
 */
size_t crash_frames_count(const struct crash *crash);
/* False for frames of user mode and such as have no symbol. */
bool crash_frames_at(const struct crash *crash, size_t index, struct report_frame *ret);

#endif
