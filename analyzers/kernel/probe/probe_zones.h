/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_ZONES
#define TRIAGE_KERNEL_PROBE_PROBE_ZONES

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add pglist_data.node_zones (include/linux/mmzone.h): as many zones as have the name of one. Needs zone.name
 * and the sizes that VMCOREINFO tells. Fails on out-of-memory alone.
 */
struct err *probe_zones(struct kernel *kernel, struct type_provider *types);

#endif
