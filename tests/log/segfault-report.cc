/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preloaded into a program that segfaults, prints the kernel's lines about it out of the crash's own facts. */
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <ucontext.h>
#include <unistd.h>

static unsigned long base, end;
static char name[64];

static int look(dl_phdr_info *info, size_t, void *at)
{
	auto ip = reinterpret_cast<unsigned long>(at);

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const auto &segment = info->dlpi_phdr[i];
		unsigned long start = info->dlpi_addr + (segment.p_vaddr & ~0xffful);
		unsigned long stop = info->dlpi_addr + segment.p_vaddr + segment.p_memsz;

		if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) || ip < start || ip >= stop)
			continue;
		const char *path = info->dlpi_name[0] ? info->dlpi_name : getenv("LAB_PROGRAM");
		const char *slash = strrchr(path, '/');
		snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
		base = start;
		end = (stop + 4095) & ~4095ul;
	}
	return 0;
}

static void report(int, siginfo_t *info, void *context)
{
	const auto *regs = static_cast<ucontext_t *>(context)->uc_mcontext.gregs;
	auto *code = reinterpret_cast<unsigned char *>(regs[REG_RIP]);

	dl_iterate_phdr(look, code);
	printf("[    5.000000] lab[%d]: segfault at %lx ip %016lx sp %016lx error %lx in %s[%lx+%lx]\n"
	       "[    5.000001] Code:",
	       getpid(), reinterpret_cast<unsigned long>(info->si_addr), long(regs[REG_RIP]),
	       long(regs[REG_RSP]), long(regs[REG_ERR]), name, base, end - base);
	for (int i = -42; i < 22; i++)
		printf(i ? " %02x" : " <%02x>", code[i]);
	puts("");
	fflush(stdout);
	_exit(0);
}

__attribute__((constructor)) static void install()
{
	struct sigaction action = {};

	action.sa_sigaction = report;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, nullptr);
}
