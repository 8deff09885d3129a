/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into the daemon by tests/daemon/liars: in place of its own worker it starts the program named
 * by $TRIAGE_LIAR, with the same files open, as if the worker had been taken over.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int execve(const char *path, char *const argv[], char *const environment[])
{
	__typeof__(&execve) real = (__typeof__(&execve))dlsym(RTLD_NEXT, "execve");
	char *liar = getenv("TRIAGE_LIAR");

	if (!liar || !argv[0] || !argv[1] || strcmp(argv[1], "__worker"))
		return real(path, argv, environment);
	return real(liar, (char *[]){liar, NULL}, environment);
}
