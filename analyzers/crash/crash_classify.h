/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_CLASSIFY
#define TRIAGE_CRASH_CRASH_CLASSIFY

#include "crash/crash.h"

/* kind, confidence, why and frame of a crash that has been located, or of a log alone. */
void crash_classify(struct crash *crash);

#endif
