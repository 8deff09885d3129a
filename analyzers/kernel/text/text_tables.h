/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_TABLES
#define TRIAGE_KERNEL_TEXT_TEXT_TABLES

#include "kernel/text/text_collector.h"

/*
 * Collects what tables of structures list: alternatives, static keys and calls, paravirt.
 * ERR_NOT_FOUND when the type of one that is there is not known.
 */
struct err *text_tables_collect(struct text_collector *collector);

#endif
