/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_LOG_NEIGHBOUR
#define TRIAGE_MEMORY_LOG_NEIGHBOUR

#include "kernel/dump/regs.h"
#include "memory/memory_facts.h"

/*
 * Whether one flipped bit makes a bad value of a known one: of NULL, of poison, or of an address near
 * to another register's. Without memory, nothing tells what other addresses lead to. regs are those of
 * the crash. False when none does.
 */
bool log_neighbour_find(const struct regs *regs, uint64_t value, struct hypothesis *ret);

#endif
