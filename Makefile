# Concordat: build, test and try it. `make help` lists what there is to ask for.
#
# Everything is built under build/<variant>/, out of the way of the sources:
#   release  what is shipped            asan  the same with gcc's sanitizers, for the tests
#   fuzz     clang, for the fuzzers     (choose with VARIANT=asan; release when not said)
# Quiet unless V=1. Sources are found by wildcard: a new file needs no line here.

VERSION := 0.1.0
VARIANT ?= release
B       := build/$(VARIANT)
PYTHON  := /usr/bin/python3
CORES   := $(shell nproc)
Q       := $(if $(V),,@)

# ---- What must be installed (Debian 12); one list, used by install-packages only -----------------

PACKAGES := gcc libc6-dev make pkg-config binutils \
	libevent-dev libpq-dev libjansson-dev libssl-dev libcurl4-openssl-dev libsodium-dev \
	libcjose-dev libcmocka-dev libical-dev node-llhttp \
	postgresql-15 \
	clang clang-format-14 libclang-rt-14-dev \
	python3 python3-pytest python3-aiosmtpd nodejs \
	git strace faketime curl ca-certificates

# ---- The rooms, in their one-way order: each may use itself and those before it ------------------

ROOMS := base core wire store app http jobs

sees-base  := base
sees-core  := core $(sees-base)
sees-wire  := wire $(sees-core)
sees-store := store $(sees-wire)
sees-app   := app $(sees-store)
sees-http  := http $(sees-app)
sees-jobs  := jobs $(sees-app)
sees-main  := jobs http $(sees-app)

# ---- Compiler and flags --------------------------------------------------------------------------

LIBRARIES := libevent libevent_openssl libpq jansson openssl libcurl libsodium cjose
LLHTTP    := /usr/share/llhttp

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith \
	-Wwrite-strings -Werror
CPPFLAGS = -iquote include -D_GNU_SOURCE -DCONCORDAT_VERSION='"$(VERSION)"' \
	-I/usr/share/include/llhttp $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
CFLAGS   = -std=gnu11 $(WARNINGS) -fPIE $(FLAGS-$(VARIANT))
LDFLAGS  = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(FLAGS-$(VARIANT))
LDLIBS   = $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null)

SANITIZE := -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all

FLAGS-release := -g -O2 -fstack-protector-strong
# The sanitizers' own code makes gcc guess wrongly about uninitialised variables.
FLAGS-asan    := $(SANITIZE) -fsanitize=address,undefined -Wno-maybe-uninitialized
FLAGS-fuzz    := $(SANITIZE) -fsanitize=fuzzer-no-link,address,undefined -Wno-error

ifeq ($(VARIANT),fuzz)
CC := clang
else
CC := gcc
endif

# ---- What people ask for -------------------------------------------------------------------------

.DEFAULT_GOAL := all
.PHONY: all check demo unit golden db cli api stories faults arch format format-fix fuzz bench install-packages npm \
	asan daemon room-objects unit-programs golden-programs explore-programs db-programs \
	fuzz-programs api-programs bench-programs \
	clean help

CLI_SOURCES := $(wildcard clients/cli/*.c)
PROGRAMS    := concordatd $(if $(CLI_SOURCES),concordat)

all: $(PROGRAMS:%=build/%) ## build the daemon and the command line

check: ## everything from nothing: packages, builds, every test
	$(Q)bash .ci/run

demo: install-packages ## build and play a fictional council's year; DEMO_EXIT=1 leaves at its end
	$(Q)$(MAKE) --no-print-directory -j$(CORES) all
	$(Q)DEMO_EXIT='$(DEMO_EXIT)' $(PYTHON) tests/stories/demo.py

unit golden db cli arch format api stories: ## one part of the tests
	$(Q)tests/run $@

faults: ## whatever is killed, cut or filled, nothing is lost: the whole form (tests/run has the short)
	$(Q)FAULTS=full tests/run $@

bench: install-packages npm ## how fast, beside what else there is; BENCH_QUICK=1 in under two minutes
	$(Q)$(MAKE) --no-print-directory -j$(CORES) all bench-programs
	$(Q)$(PYTHON) tests/bench/bench.py

fuzz: ## each fuzzer for ten minutes, or for FUZZ_SECONDS
	$(Q)FUZZ_SECONDS=$${FUZZ_SECONDS:-600} tests/run $@

format-fix: ## lay the C files out by .clang-format
	$(Q)clang-format-14 -i $$(tests/run --c-files)

clean: ## forget everything built
	$(Q)rm -rf build

help: ## this list
	$(Q)sed -n 's/^\([a-z -]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 44

# Packages are looked up once per change of this file, and fetched only when one is missing. Debian's
# postgresql package would otherwise make and start a cluster of its own, which nobody here wants.
install-packages: build/packages.stamp ## install what is missing
	@:

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

build/packages.stamp: Makefile
	$(Q)mkdir -p build
	$(Q)missing=; for package in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
			|| missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "Installing$$missing"; \
		if [ ! -e /etc/postgresql-common/createcluster.conf ]; then \
			$(SUDO) mkdir -p /etc/postgresql-common && \
			echo 'create_main_cluster = false' | \
				$(SUDO) tee /etc/postgresql-common/createcluster.conf >/dev/null; \
		fi; \
		$(SUDO) apt-get -qq update && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive \
			apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends $$missing \
			>build/packages.log 2>&1 || { cat build/packages.log; exit 1; }; \
	fi
	$(Q)touch $@

# What tests/node needs, which the tests install themselves.
npm:
	$(Q)command -v npm >/dev/null || { $(SUDO) apt-get -qq update && \
		$(SUDO) apt-get -qq -y install --no-install-recommends npm >build/packages.log 2>&1; }

# promtool judges /metrics. Only that program is taken out of Debian's package, which would otherwise
# install a server.
build/tools/promtool:
	$(Q)mkdir -p $(@D)
	$(Q)cd $(@D) && download="apt-get -qq -o APT::Sandbox::User=$$(id -un) download prometheus" && \
		{ $$download 2>/dev/null || { $(SUDO) apt-get -qq update && $$download; }; } && \
		dpkg --fsys-tarfile prometheus_*.deb | tar -xO ./usr/bin/promtool >promtool.part && \
		rm prometheus_*.deb && chmod +x promtool.part && mv promtool.part promtool

# ---- Goals that tests/run builds (with the variant it names) -------------------------------------

UNIT_SOURCES   := $(wildcard tests/unit/*/test_*.c)
# Of the explorations only the laws go through the sanitizers: the others take too many decisions.
EXPLORE_SOURCES := $(filter-out %/laws.c,$(wildcard tests/explore/*.c))
GOLDEN_SOURCES := $(wildcard tests/golden/*.c) tests/explore/laws.c
DB_SOURCES     := $(wildcard tests/db/test_*.c)
FUZZ_SOURCES   := $(wildcard tests/fuzz/fuzz_*.c)
API_SOURCES    := $(wildcard tests/api/*.c)
# A name with an underscore is a part of the program before it: fill_copy.c of fill.
BENCH_SOURCES  := $(filter-out $(wildcard tests/bench/*_*.c),$(wildcard tests/bench/*.c))

daemon:          $(PROGRAMS:%=$(B)/%)
room-objects:    $(B)/libbase.a $(B)/libcore.a $(B)/libapp.a
unit-programs:   $(UNIT_SOURCES:%.c=$(B)/%)
golden-programs: $(GOLDEN_SOURCES:%.c=$(B)/%)
explore-programs: $(EXPLORE_SOURCES:%.c=$(B)/%)
db-programs:     $(DB_SOURCES:%.c=$(B)/%)
fuzz-programs:   $(FUZZ_SOURCES:%.c=$(B)/%)
api-programs:    $(API_SOURCES:%.c=$(B)/%)
bench-programs:  $(BENCH_SOURCES:%.c=$(B)/%)
asan:
	$(Q)$(MAKE) --no-print-directory VARIANT=asan daemon

# ---- Rules ---------------------------------------------------------------------------------------

# Objects stay when they were only a step to something else.
.SECONDARY:

$(PROGRAMS:%=build/%): build/%: $(B)/%
	$(Q)ln -sf $(VARIANT)/$* $@

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC    $(VARIANT) $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# cmocka.h wants these four before it, and the layout of our files sorts includes.
$(B)/tests/unit/%.o $(B)/tests/golden/%.o $(B)/tests/explore/%.o: \
	CFLAGS += -include stdarg.h -include stddef.h -include stdint.h -include setjmp.h

# A big room has chapters; its files name a private header from the room, as "view/viewer.h". A test
# may look at one too, as "http/parse.h".
$(B)/server/app/%.o: CPPFLAGS += -iquote server/app
$(B)/tests/%.o: CPPFLAGS += -iquote server -iquote server/app

# llhttp comes as source; its warnings are not ours to mend.
$(B)/llhttp/%.o: $(LLHTTP)/%.c Makefile
	@mkdir -p $(@D)
	@echo "  CC    $(VARIANT) $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-error -w -c -o $@ $<

# The statements and the migrations, compiled in; store, app and jobs ask by a statement's name.
GENERATED := $(B)/generated

$(GENERATED)/%.c $(GENERATED)/%.h: server/store/queries/compile
	@mkdir -p $(@D)
	@echo "  SQL   $(VARIANT) $*"
	$(Q)$(PYTHON) server/store/queries/compile $* $(@D) $(filter %.sql,$^)

# The folders are named too, so that a file taken away is noticed.
$(GENERATED)/queries.c $(GENERATED)/queries.h: $(wildcard server/store/queries/*.sql) \
	server/store/queries
$(GENERATED)/migrations.c $(GENERATED)/migrations.h: \
	$(wildcard migrations/[0-9][0-9][0-9][0-9]_*.sql) migrations

ASKING_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard $(foreach room,store app jobs, \
	server/$(room)/*.c server/$(room)/*/*.c tests/unit/$(room)/*.c) tests/db/*.c))
$(ASKING_OBJECTS): CPPFLAGS += -iquote $(GENERATED)
$(ASKING_OBJECTS): | $(GENERATED)/queries.h $(GENERATED)/migrations.h

$(GENERATED)/%.o: $(GENERATED)/%.c
	@echo "  CC    $(VARIANT) $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -iquote $(GENERATED) -MMD -MP -c -o $@ $<

# A room is an archive, and whatever is linked gets only the rooms it may see: a call the wrong way
# up does not link.
more-store := $(GENERATED)/queries.o $(GENERATED)/migrations.o
more-http  := $(patsubst $(LLHTTP)/%.c,$(B)/llhttp/%.o,$(wildcard $(LLHTTP)/*.c))
archives    = $(sees-$(1):%=$(B)/lib%.a)

define room-rules
$(B)/lib$(1).a: $(patsubst %.c,$(B)/%.o,$(wildcard server/$(1)/*.c server/$(1)/*/*.c)) \
		$(more-$(1)) server/$(1) $(wildcard server/$(1)/*/)
	@mkdir -p $$(@D)
	@echo "  AR    $(VARIANT) $(1)"
	$(Q)rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)

$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $(call archives,$(1))
	@echo "  LD    $(VARIANT) $(1)/$$*"
	$(Q)$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcmocka
endef
$(foreach room,$(ROOMS),$(eval $(call room-rules,$(room))))

$(B)/tests/golden/%: $(B)/tests/golden/%.o $(call archives,wire)
	@echo "  LD    $(VARIANT) golden/$*"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(B)/tests/explore/%: $(B)/tests/explore/%.o $(call archives,wire)
	@echo "  LD    $(VARIANT) explore/$*"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(B)/tests/db/%: $(B)/tests/db/%.o $(call archives,store)
	@echo "  LD    $(VARIANT) db/$*"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# Calendars are judged by another's reading of the standard.
$(B)/tests/unit/wire/test_ical $(B)/tests/api/ical_check: LDLIBS += -lical

$(B)/tests/api/%: $(B)/tests/api/%.o
	@echo "  LD    $(VARIANT) api/$*"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What is fuzzed reads bytes: the wire's readers and those before it, and the edge's one.
$(B)/tests/fuzz/fuzz_http: $(B)/server/http/parse.o $(B)/server/http/request.o $(more-http)

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(call archives,wire)
	@echo "  LD    $(VARIANT) fuzz/$*"
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS) -lcmocka

$(B)/tests/bench/fill: $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/fill_*.c))

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(call archives,app)
	@echo "  LD    $(VARIANT) bench/$*"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

$(B)/concordatd: $(patsubst %.c,$(B)/%.o,$(wildcard server/*.c)) $(call archives,main)
	@echo "  LD    $(VARIANT) concordatd"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/concordat: $(CLI_SOURCES:%.c=$(B)/%.o) $(call archives,wire)
	@echo "  LD    $(VARIANT) concordat"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
