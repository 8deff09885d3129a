/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_PAGER
#define TRIAGE_DAEMON_CLI_PAGER

#include <stdbool.h>

/*
 * A pager behind standard output, as the programs of systemd have it: only on a terminal that can move its cursor;
 * $SYSTEMD_PAGER, else $PAGER, else pager, less or more; none where that is empty or "cat". less gets the options of
 * $SYSTEMD_LESS, else FRSXMK. With $SYSTEMD_PAGERSECURE, or as another user than who logged in, only less, which
 * then runs no other program.
 */

/* What --no-pager asks for. */
void pager_forbid(void);
/* All that is printed from here on goes through it; nothing happens where none is wanted, or none can be had. */
void pager_open(void);
/* Wait until the reader has done with it. */
void pager_close(void);

#endif
