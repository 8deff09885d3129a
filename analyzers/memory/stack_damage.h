/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_STACK_DAMAGE
#define TRIAGE_MEMORY_STACK_DAMAGE

#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * The frame whose function called __stack_chk_fail(): where its canary is, which bytes around it
 * look like what overwrote it, and in which buffer of the function they may begin. False for other
 * crashes, and where the canary is as it should be.
 */
bool stack_damage_find(const struct crash *crash, struct stack_damage *ret);

#endif
