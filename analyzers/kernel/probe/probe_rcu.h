/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_RCU
#define TRIAGE_KERNEL_PROBE_PROBE_RCU

#include "kernel/probe/probe_sample.h"

/*
 * rcu_state's thread and the start of its grace period, rcu_data's bit in its node, and the lists of readers
 * of rcu_node. Needs what code told of them (rcu_state.gp_activity, rcu_data.mynode, task_struct.rcu_node_entry).
 */
struct err *probe_rcu(const struct sample *sample);

#endif
