# triage: reads kernel crash dumps so that nobody has to at 3 a.m.
#
#   make            build/triage and build/triaged
#   make demo       crash a real kernel in QEMU and let triage say why
#   make check      all tests that fit in half an hour;  make check-full: the whole matrix
#   make help       the other targets
#
# SAN=1 builds with ASan and UBSan (in build/san), DEVELOPER=1 with -Werror, V=1 shows commands.

MAKEFLAGS += --no-builtin-rules --no-print-directory
# All processors, unless a number of jobs was given, or a make above this one shares out its own.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

comma := ,
BUILD := build$(if $(SAN),/san)
CC ?= cc
PKG_CONFIG ?= pkg-config
PKGS := libdw libelf capstone jansson sqlite3 libsystemd libseccomp libgcrypt zlib \
	libkdumpfile lzo2 libzstd snappy liblzma liblz4 libpq
# What has no pkg-config file everywhere.
PLAIN_LIBS := -lbz2 -liberty
LIBIBERTY := $(addprefix /usr/include/,libiberty/demangle.h demangle.h)

# Sanitized, for tests alone: a quarter of the time to compile, and lines are all that a report needs.
CFLAGS ?= $(if $(SAN),-Og -g1,-O2 -g)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wno-format-nonliteral -Wno-missing-field-initializers
HARDEN := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
# Asked once, when first needed: by then the packages are there.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(filter-out libpq,$(PKGS))))$(PKG_CFLAGS)
CHECK_LIBS = $(eval CHECK_LIBS := $$(shell $(PKG_CONFIG) --libs check))$(CHECK_LIBS)
# One line a step; V=1 shows the commands.
run = @$(if $(V),echo '$(subst ','\'',$(3))',printf '  %-3s %s\n' $(1) $(2)); $(3)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DTRIAGE_VERSION='"$(VERSION)"' -Ianalyzers -I. -Itests/unit -I$(BUILD) \
	$(WARNINGS) $(if $(DEVELOPER),-Werror) $(HARDEN) $(SANITIZE) -MMD -MP \
	$(PKG_CFLAGS) $(CFLAGS)
LIBS = $(eval LIBS := $$(shell $(PKG_CONFIG) --libs $(PKGS)) $(PLAIN_LIBS) -lpthread)$(LIBS)
# Allocations go through analyzers/base/alloc.c, which knows of each that failed.
ALLOC_WRAP := -Wl,--undefined=__wrap_malloc $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc reallocarray strdup strndup \
	asprintf vasprintf __asprintf_chk __vasprintf_chk)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,--as-needed $(ALLOC_WRAP) $(SANITIZE) $(LDFLAGS)

EMBEDDED := $(addprefix $(BUILD)/embedded/,rules.c migrations.c views.c schema.c fleet_migrations.c fleet_views.c \
	fleet_writes.c fleet_rules.c)
# Every .c belongs to the library but for the two with a main().
MAINS := daemon/triage.c daemon/triaged.c
SOURCES := $(filter-out $(MAINS),$(sort $(shell find analyzers rules daemon -name '*.c')))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(patsubst %.c,%.o,$(EMBEDDED))
PROGRAMS := $(patsubst daemon/%.c,$(BUILD)/%,$(wildcard $(MAINS)))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(sort $(shell find tests/unit -name 'test_*.c')))

.PHONY: all
all: $(PROGRAMS)

$(BUILD)/%.o: %.c | deps-quiet
	@mkdir -p $(@D)
	$(call run,CC,$<,$(CC) $(ALL_CFLAGS) -c -o $@ $<)

# Its headers lie in a directory of their own, which nothing else needs to know.
$(BUILD)/daemon/fleet/pg.o: CFLAGS += $(shell $(PKG_CONFIG) --cflags libpq 2>/dev/null)

# SQL and the JSON Schema travel inside the program.
$(BUILD)/embedded/rules.c: $(wildcard rules/*.sql rules/*.test.json)
$(BUILD)/embedded/rules.c: ARRAY = embedded_rules
$(BUILD)/embedded/migrations.c: $(wildcard schema/[0-9]*.sql)
$(BUILD)/embedded/migrations.c: ARRAY = embedded_migrations
$(BUILD)/embedded/views.c: schema/views.sql
$(BUILD)/embedded/views.c: ARRAY = embedded_views
$(BUILD)/embedded/fleet_migrations.c: $(wildcard schema/fleet/[0-9]*.sql)
$(BUILD)/embedded/fleet_migrations.c: ARRAY = embedded_fleet_migrations
$(BUILD)/embedded/fleet_views.c: schema/fleet/views.sql
$(BUILD)/embedded/fleet_views.c: ARRAY = embedded_fleet_views
$(BUILD)/embedded/schema.c: schema/verdict.schema.json schema/alert.schema.json
$(BUILD)/embedded/schema.c: ARRAY = embedded_schema
$(BUILD)/embedded/fleet_writes.c: $(wildcard schema/fleet/write/*.sql)
$(BUILD)/embedded/fleet_writes.c: ARRAY = embedded_fleet_writes
$(BUILD)/embedded/fleet_rules.c: $(wildcard rules/fleet/*.sql)
$(BUILD)/embedded/fleet_rules.c: ARRAY = embedded_fleet_rules
$(EMBEDDED): rules/embed
	@mkdir -p $(@D)
	@rules/embed $(ARRAY) $(filter %.sql %.schema.json,$^) > $@
$(EMBEDDED:.c=.o): %.o: %.c | deps-quiet
	$(call run,CC,$<,$(CC) $(ALL_CFLAGS) -c -o $@ $<)

$(BUILD)/libtriage.a: $(OBJECTS)
	@rm -f $@
	$(call run,AR,$@,$(AR) rcs $@ $^)

$(PROGRAMS): $(BUILD)/%: $(BUILD)/daemon/%.o $(BUILD)/libtriage.a
	$(call run,LD,$@,$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS))

.PHONY: clean
clean:
	rm -rf build

# --- what the build and the tests need -------------------------------------------------------

.PHONY: deps deps-quiet deps-test
deps:
	@tests/deps build
deps-test:
	@tests/deps build guest test lint deb rpm
# Costs one pkg-config call when everything is there. A part of the check may be somebody's first command, too.
PART_OF_CHECK := $(filter 0check-%,$(MAKECMDGOALS:%=$(MAKELEVEL)%))
deps-quiet:
	@$(if $(PART_OF_CHECK),tests/deps build guest test)
	@$(PKG_CONFIG) --exists $(PKGS) 2>/dev/null && \
		[ -e /usr/include/bzlib.h ] && [ -n "$(wildcard $(LIBIBERTY))" ] || tests/deps build

# --- tests ------------------------------------------------------------------------------------

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libtriage.a
	$(call run,LD,$@,$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(LIBS))
.SECONDARY:

.PHONY: check check-full check-unit check-san check-golden check-guest check-mutants check-tree check-how-to check-daemon
# Unit tests with and without sanitizers, made dumps, real dumps: half an hour from a cold start.
CHECKS := all lint check-unit check-how-to check-san check-rules check-golden check-log check-guest check-mutants check-html check-daemon check-fleet check-packages
check: deps-test
	@echo "make check: a quarter of an hour on two processors; the first time half an hour, and 2.5 GB below" \
		"$${TRIAGE_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/triage}, for four kernels and their dumps"
	+@MAKE='$(MAKE)' tests/parts $(CHECKS)

# Commands in STEPS, a line each: one that fails keeps none of the others from being run.
RUN_STEPS = printf '%s\n' "$$STEPS" | tests/steps

# Every kernel, crash and dump format, and the long loops: hours. Guests that are made are kept: begun again,
# it goes on where it was.
.PHONY: check-guest-full check-mutants-full check-daemon-full check-log-mixtures check-no-btf
check-full: deps-test
	+@MAKE='$(MAKE)' tests/parts $(filter-out check-mutants,$(CHECKS)) check-log-mixtures check-guest-full \
		check-mutants-full check-daemon-full check-fleet-full check-no-btf check-packages-full

# All guests that are made, with their types hidden.
check-no-btf: $(PROGRAMS)
	tests/guest/no-btf $$(find $(BUILD)/guest -name vmcore -printf '%h ')

check-log-mixtures: $(PROGRAMS)
	tests/log/mixtures

define GUEST_FULL_STEPS
tests/guest/suite full
tests/guest/foreign
tests/formats/hostile
tests/guest/text --debug build/guest/6.1/null_offset.lzo build/guest/6.1/la57.zlib build/guest/6.1/traced.qemu-elf
tests/guest/types --debug $(TYPES_GUESTS)
tests/guest/damaged build/guest/6.1/null_offset.elf/vmcore
endef
check-guest-full: export STEPS = $(GUEST_FULL_STEPS)
check-guest-full: $(PROGRAMS) $(BUILD)/tests/guest/text-all $(BUILD)/tests/guest/probed
	@$(RUN_STEPS)

check-mutants-full:
	$(MAKE) check-mutants MUTANTS=1000 MEMORY_MUTANTS=10000 TOLERATED=0

define DAEMON_FULL_STEPS
TRIAGE_KILLS=200 tests/daemon/faults test_killed_at_any_moment
TRIAGE_DAMAGES=30 tests/daemon/faults test_damage_that_sqlite_would_live_with
TRIAGE_KILLS=200 tests/daemon/deliver test_killed_at_any_moment
TRIAGE_MUTATIONS=1000 tests/daemon/hostile test_damaged_dumps
TRIAGE_SPARSE=2000 tests/daemon/hostile test_a_crowd_of_sparse_terabytes
tests/daemon/booted
TRIAGE_CROWD=40000 tests/daemon/crowds test_unfinished_files
TRIAGE_CROWD=150000 tests/daemon/crowds test_dumps_hidden_in_a_crowd
tests/daemon/load
endef
check-daemon-full: export STEPS = $(DAEMON_FULL_STEPS)
check-daemon-full: $(PROGRAMS)
	@$(RUN_STEPS)

.PHONY: check-fleet-full
check-fleet-full: $(PROGRAMS)
	TRIAGE_KILLS=200 TRIAGE_HOSTS=1000 tests/fleet/forward test_killed_at_random test_many_hosts

check-unit: $(UNIT_TESTS)
	@tests/run-unit $(UNIT_TESTS)

check-san: | deps-quiet
	@$(MAKE) SAN=1 check-unit

# Made dumps of kernels too old or too rare to boot; every verdict must fit the schema.
define GOLDEN_STEPS
KEEP=$(BUILD)/golden tests/golden/run
tests/golden/eras check $(BUILD)/golden
$(BUILD)/tests/guest/probed -d $(BUILD)/golden/*/vmcore
tests/golden/search
tests/validate $(BUILD)/golden/*/verdict*.json
tests/schema/check $(BUILD)/golden
tests/sentences -q $(BUILD)/golden/*/verdict*.json
tests/memory/run --triage $(BUILD)/triage $(BUILD)/golden/*/vmcore
endef
check-golden: export STEPS = $(GOLDEN_STEPS)
check-golden: $(PROGRAMS) $(BUILD)/tests/guest/probed
	@rm -rf $(BUILD)/golden
	@$(RUN_STEPS)

# The cases beside the rules.
.PHONY: check-rules
define RULES_STEPS
$(BUILD)/triage rules check rules
$(BUILD)/triage rules test rules
tests/known-bugs
$(BUILD)/triage rules test --json rules | grep -q '"untested": 0' || { $(BUILD)/triage rules list --rules-dir rules | grep ' -  *[a-z_]*\.sql'; echo "no cases beside them"; exit 1; }
endef
check-rules: export STEPS = $(RULES_STEPS)
check-rules: $(PROGRAMS)
	@$(RUN_STEPS)

# Kernel logs without a dump, and logs made of them.
.PHONY: check-log
define LOG_STEPS
tests/log/run -q
tests/sentences -q
tests/log/inputs
tests/log/timelines
tests/log/segfault-objects
tests/log/mixtures unstamped
endef
check-log: export STEPS = $(LOG_STEPS)
check-log: $(PROGRAMS)
	@$(RUN_STEPS)

# Kinds of crash and of lock that are to be told alike whoever tells of types.
TYPES_GUESTS := $(addprefix build/guest/,5.10/bug.lzo 6.1/null_offset.lzo 6.1/stack_overflow.lzo \
	6.1/hung_task.lzo 6.1/mmap_lock.lzo 6.12/softlockup.zlib 6.12/mutex_abba.zlib newest/gp.zstd-d1 \
	newest/sysrq.qemu-zlib)
define GUEST_STEPS
tests/guest/test-check
tests/guest/suite check
tests/formats/run
tests/formats/cuts
$(BUILD)/tests/guest/probed $$(find $(BUILD)/guest -name vmcore)
$(BUILD)/tests/guest/pages $$(find $(BUILD)/guest -name vmcore)
tests/guest/text $$(find build/guest -name crashme.ko -printf '%h ')
tests/guest/types $(TYPES_GUESTS)
$(BUILD)/triage analyze --json $$(find $(BUILD)/guest -name vmcore) | tests/validate
tests/sentences -q $$(find $(BUILD)/guest -name vmcore)
tests/log/two-sources $$(find $(BUILD)/guest -name vmcore -printf '%h ')
tests/guest/signatures $$(find $(BUILD)/guest -name vmcore -printf '%h ')
endef
check-guest: export STEPS = $(GUEST_STEPS)
check-guest: $(PROGRAMS) $(BUILD)/tests/guest/text-all $(BUILD)/tests/guest/probed $(BUILD)/tests/guest/pages
	@$(RUN_STEPS)

# Damaged copies of the guests' dumps.
MUTANTS ?= 50
# In one process a dump, memory alone. Each guest that is made is another: hence one of a thousand may be sure of
# another cause, but for the long loop, which has none.
MEMORY_MUTANTS ?= 400
TOLERATED ?= 1
define MUTANT_STEPS
tests/mutate --count $(MUTANTS) --triage $(BUILD)/triage $$(find build/guest -name vmcore -size -100M | sort)
TOLERATED=$(TOLERATED) tests/fuzz/night $(MEMORY_MUTANTS) $$(find -L build/guest -name vmcore -size -100M | sort)
endef
check-mutants: export STEPS = $(MUTANT_STEPS)
check-mutants: $(PROGRAMS) $(BUILD)/tests/fuzz/mutants
	@$(RUN_STEPS)

# The daemon with dumps in every layout, hostile ones, accidents, and what install lays down.
define DAEMON_STEPS
tests/daemon/install
tests/daemon/end-to-end
tests/daemon/commands
tests/daemon/metrics
tests/daemon/deliver
tests/daemon/examples
tests/daemon/rules
tests/daemon/faults
tests/daemon/hostile
tests/daemon/crowds
tests/daemon/liars
tests/daemon/sets
TRIAGE_LOAD=200 TRIAGE_ROWS=100000 tests/daemon/load
endef
check-daemon: export STEPS = $(DAEMON_STEPS)
check-daemon: $(PROGRAMS)
	@$(RUN_STEPS)

# The central database: a real PostgreSQL, started by an unprivileged user in a temporary folder.
.PHONY: check-fleet
check-fleet: $(PROGRAMS)
	+@$(MAKE) -s --output-sync=target fleet-stores fleet-forward fleet-alerts fleet-schema fleet-readme

# Each has a server of its own.
fleet-%: $(PROGRAMS)
	tests/fleet/$*

# What make deb and make rpm give.
.PHONY: check-packages check-packages-full
check-packages: all
	@tests/deps deb rpm
	@tests/packages

check-packages-full: all
	@tests/deps deb rpm roots
	tests/packages bookworm trixie

# The page as HTML: well formed, and a browser runs nothing of a dump's.
.PHONY: check-html
define HTML_STEPS
tests/html/run
tests/html/site
endef
check-html: export STEPS = $(HTML_STEPS)
check-html: $(PROGRAMS)
	@$(RUN_STEPS)

# The rules of the house: which way dependencies point, who owns which library.
check-tree: $(PROGRAMS)
	@tests/tree $(BUILD)

# Whether the steps that the tree gives newcomers are all it takes.
check-how-to: $(PROGRAMS)
	@tests/how-to

.PHONY: demo
# A kernel is booted in QEMU and crashed; triage says why.
demo:
	@tests/deps build guest
	@$(MAKE) all
	@tests/demo

.PHONY: bench
bench: deps-test
	@tests/deps bench
	@$(MAKE) all $(addprefix $(BUILD)/tests/bench/,floor owner read-all)
	@tests/bench/run
	@tests/bench/search
	@tests/bench/log --runs 3

.PHONY: lint
# Layout, static analysis and check-tree.
lint: $(PROGRAMS)
	@tests/deps lint
	@tests/lint $(BUILD)

$(BUILD)/tests/bench/floor $(BUILD)/tests/bench/owner $(BUILD)/tests/bench/read-all \
$(BUILD)/tests/guest/text-all $(BUILD)/tests/guest/probed: \
	%: %.o $(BUILD)/libtriage.a
	$(call run,LD,$@,$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS))

# It stands between the analyzers and the dump.
MUTANTS_WRAP := $(addprefix -Wl$(comma)--wrap=,dump_read dump_stream dump_page memory_read_uint memory_read_u32 memory_read_u64 \
	db_prepare_untrusted stmt_finalize view_tables_make view_tables_drop)
$(BUILD)/tests/fuzz/mutants: %: %.o $(addprefix $(BUILD)/tests/fuzz/,mutant.o mutant_rules.o) $(BUILD)/libtriage.a
	$(call run,LD,$@,$(CC) $(ALL_LDFLAGS) $(MUTANTS_WRAP) -o $@ $^ $(LIBS))

# What the dump readers are held to, and nothing else links.
$(BUILD)/tests/guest/pages: %: %.o $(BUILD)/libtriage.a
	$(call run,LD,$@,$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $$($(PKG_CONFIG) --libs libkdumpfile))

# --- fuzzing: make fuzz TARGET=btf SECONDS=60, with clang's libFuzzer --------------------------

.PHONY: fuzz alloc-wrap libs
alloc-wrap:
	@echo $(ALLOC_WRAP)
libs:
	@echo $(LIBS)
fuzz:
	@tests/fuzz/run $(TARGET) $(SECONDS)

# --- installation -----------------------------------------------------------------------------

.PHONY: install
# systemd looks for units of local software where it is told to, and nowhere below /usr/local.
UNITDIR ?= $(if $(filter /usr/local,$(PREFIX)),/etc/systemd/system,$(PREFIX)/lib/systemd/system)
CONFDIR ?= /etc
LIBDIRS := $(if $(filter /usr/local,$(PREFIX)),/etc,$(PREFIX)/lib)

install: all
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/triage $(BUILD)/triaged
	install -d $(DESTDIR)$(UNITDIR)
	for unit in triaged triage-deliver triage-forward triage-watch; do sed 's|@bindir@|$(PREFIX)/bin|' systemd/$$unit.service.in \
		>$(DESTDIR)$(UNITDIR)/$$unit.service || exit 1; done
	install -D -m 0644 systemd/sysusers.conf $(DESTDIR)$(LIBDIRS)/sysusers.d/triage.conf
	install -D -m 0644 systemd/tmpfiles.conf $(DESTDIR)$(LIBDIRS)/tmpfiles.d/triage.conf
	install -D -m 0644 systemd/triage.preset $(DESTDIR)$(LIBDIRS)/systemd/system-preset/80-triage.preset
	install -D -m 0644 systemd/triage.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/triage
	install -D -m 0644 systemd/triage.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_triage
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d systemd/triage.fish
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 systemd/man/triage.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man8 systemd/man/triaged.8
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 systemd/man/triaged.conf.5
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/triage README.md
	install -D -m 0644 rules/README.md $(DESTDIR)$(PREFIX)/share/doc/triage/rules.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/triage schema/*.schema.json systemd/triage.rules.yml
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/triage schema/verdict.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/triage/examples schema/examples/*.json
	test -e $(DESTDIR)$(CONFDIR)/triaged.conf || \
		install -D -m 0644 systemd/triaged.conf $(DESTDIR)$(CONFDIR)/triaged.conf
	$(if $(DESTDIR),,-systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload)
	@echo "now: systemctl enable --now triaged"

# What install laid down, but for what is somebody's own: configuration, rules, verdicts.
.PHONY: uninstall
uninstall:
	$(if $(DESTDIR),,-systemctl disable --now triaged triage-deliver triage-forward triage-watch)
	rm -f $(addprefix $(DESTDIR),$(addprefix $(PREFIX)/bin/,triage triaged) $(UNITDIR)/triaged.service \
		$(UNITDIR)/triage-deliver.service $(UNITDIR)/triage-forward.service $(UNITDIR)/triage-watch.service \
		$(LIBDIRS)/sysusers.d/triage.conf $(LIBDIRS)/tmpfiles.d/triage.conf \
		$(LIBDIRS)/systemd/system-preset/80-triage.preset \
		$(addprefix $(PREFIX)/share/,bash-completion/completions/triage zsh/site-functions/_triage \
			fish/vendor_completions.d/triage.fish man/man1/triage.1 \
			man/man8/triaged.8 man/man5/triaged.conf.5))
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/triage $(DESTDIR)$(PREFIX)/share/triage
	$(if $(DESTDIR),,-systemctl daemon-reload)
	@echo "left: $(CONFDIR)/triaged.conf, $(CONFDIR)/triage, /var/lib/triage, /var/lib/triage-deliver, /var/lib/triage-forward, /var/lib/triage-watch, users triage, triage-deliver, triage-forward, triage-watch"

# Packages of the distribution that this is: both print where they lie.
.PHONY: deb rpm
deb:
	@tests/deps build deb
	@systemd/deb/build $(VERSION) build/deb
rpm: all
	@tests/deps rpm
	@systemd/rpm/build $(VERSION) $(BUILD) build/rpm

.PHONY: help
help:
	@sed -n '3,9p' Makefile | sed 's/^# \{0,1\}//'
	@echo "  make check-unit check-how-to check-san check-golden check-guest check-mutants check-daemon"
	@echo "      check-tree check-rules check-log check-html check-packages check-fleet            parts of check"
	@echo "  make install, uninstall     PREFIX=/usr/local, DESTDIR="
	@echo "  make bench      beside crash and drgn, on the same dumps"
	@echo "  make lint       formatting and static analysis"
	@echo "  make deps       installs what the build needs, and only what is missing"
	@echo "  make deb, rpm   packages of this distribution, below build/"

-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(PROGRAMS:$(BUILD)/%=$(BUILD)/daemon/%.d) \
	$(wildcard $(BUILD)/tests/bench/*.d $(BUILD)/tests/guest/*.d)
