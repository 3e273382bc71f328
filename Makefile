# virt-cpu: `make run` builds it and shows it at work, `make test` passes the tests.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# Debug builds, and so `make test`, check that accesses to a variable do not overlap; these do not (-enforce-exclusivity).
# Accessors of one module are inlined into the others. Each function has a section of its own, and none is kept for being
# public, so that the linker drops those without a call. What searches strings with the engine for regular expressions
# (firstRange(of:), replacing(_:with:) and others) does not compile: see Sources/LibvirtWords/TextSearch.swift.
FRONTEND = -function-sections -internalize-at-link -disable-implicit-string-processing-module-import
SMALL = -c release --static-swift-stdlib -Xswiftc -gnone -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization \
	$(foreach option,$(FRONTEND),-Xswiftc -Xfrontend -Xswiftc $(option)) -Xlinker --gc-sections -Xlinker -s $(shell .ci/linking $(SWIFT))
# Without the 6 MB that ArgumentParser brings along otherwise: Packaging/FoundationEssentials/README.md.
SMALL += $(shell .ci/essentials $(SWIFT) .build/essentials)
# A Swift runtime inside, libxml2, libyaml and libmd from the system: security updates come with the system's.
# No RPATH: nothing is looked for beside the executable.
RELEASE = $(SMALL) --disable-local-rpath -Xlinker --no-export-dynamic
# One executable without shared libraries, for wheels and containers, with a libxml2 of its own.
STATIC = $(SMALL) --scratch-path .build-static -Xswiftc -static-executable -Xlinker -lstdc++ -Xlinker -lm
STATIC_LIBXML2 = .build-static/libxml2

BINARY = .build/release/virt-cpu

# Where the files of this repository can be read, such as https://github.com/OWNER/virt-cpu/blob/main: reports and explain link
# to $(HOMEPAGE)/docs/rules.md#RULE. Not taken from the environment, so that a build depends only on what it is told.
HOMEPAGE =
export VIRT_CPU_HOMEPAGE = $(HOMEPAGE)

.PHONY: all deps build static run test integration torture fuzz sanitize bench docs share install uninstall deb wheel rpm container dist clean

all: build

# Debian packages, asked for only where one is missing.
PACKAGES = libxml2-dev libyaml-dev libmd-dev pkg-config
STATIC_PACKAGES = dpkg-dev gcc libc6-dev
deps:
	@.ci/deps $(PACKAGES)

build: deps
	$(SWIFT) build $(RELEASE) --product virt-cpu

static: deps
	@.ci/deps $(STATIC_PACKAGES)
	@.ci/static-libxml2 $(STATIC_LIBXML2)
	PKG_CONFIG_PATH="$(CURDIR)/$(STATIC_LIBXML2)/lib/pkgconfig" $(SWIFT) build $(STATIC) --product virt-cpu

run: build
	@echo '$$ virt-cpu filter --default host-model-only --host Examples/hosts/hv01.capabilities.xml < Examples/debian12.xml'
	@$(BINARY) filter --no-config --default host-model-only --host Examples/hosts/hv01.capabilities.xml \
		< Examples/debian12.xml > .build/debian12.xml
	@echo '$$ diff -u Examples/debian12.xml -'
	@diff -u --label Examples/debian12.xml --label 'what filter wrote' Examples/debian12.xml .build/debian12.xml || :

test: deps
	@.ci/deps libxml2-utils git attr acl
	$(SWIFT) build --build-tests
	@.ci/tests $(SWIFT) test --skip-build

# Needs root: it starts libvirtds of its own, in namespaces of their own, and installs packages in roots of their own. What
# libvirt decides is asked of three releases (Tests/Integration/libvirts.tsv).
INTEGRATION_PACKAGES = libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils debootstrap python3 lintian man-db groff-base bash-completion zsh fish neovim rpm rpmlint buildah parallel
integration: deps
	@.ci/deps $(INTEGRATION_PACKAGES)
	$(SWIFT) build --build-tests
	@Tests/Integration/run
	@LIVE_SUITES=compare,baseline,reading,tables Tests/Integration/libvirts
	@Tests/Integration/packages $(MAKE)

# All suites on the three libvirts, and a table of what agrees; LIVE_LONG=1 asks more. Not all of it agrees yet, so this fails.
.PHONY: libvirts
libvirts: deps
	@.ci/deps $(INTEGRATION_PACKAGES)
	$(SWIFT) build --build-tests
	@Tests/Integration/libvirts

# Examples/fleet, each engine for real. They come from Python's package index, 1.3 GB, once; Ansible's hosts are sshds of the
# tests' own, and none is installed for that. ENGINES="dask ray" runs these alone.
.PHONY: fleet-examples
fleet-examples: deps
	@command -v java >/dev/null || .ci/deps default-jre-headless
	@command -v parallel >/dev/null || .ci/deps parallel
	$(SWIFT) build --product virt-cpu
	@Tests/Integration/fleet-examples "$$($(SWIFT) build --show-bin-path)/virt-cpu" .build/fleet

# The page of fleet report in a browser. Chromium is large, so integration leaves it out.
.PHONY: fleet-page
fleet-page: deps
	@.ci/deps chromium python3
	$(SWIFT) build --product virt-cpu
	@Tests/Integration/fleet-page "$$($(SWIFT) build --show-bin-path)/virt-cpu"

# What it bears: a million mutated definitions, signals, full disks, limits, long streams. TORTURE_COUNT makes it shorter,
# and PARTS=... chooses: Tests/Torture/run --help.
torture: build
	@.ci/deps util-linux
	$(SWIFT) build $(RELEASE) --product torture-mutations
	@Tests/Torture/run $(PARTS)

# Which functions a run calls, for the linker. An old list only costs memory, so it is renewed before a release.
.PHONY: order
order: deps
	@.ci/deps valgrind binutils
	$(SWIFT) build $(RELEASE) -Xlinker --strip-debug --product virt-cpu
	.ci/order $(BINARY) > .build/order.txt
	mv .build/order.txt .ci/order.txt

# make bench PAGE=docs/performance.md puts the figures that have a goal into that page; with BENCH=editor, only that part's.
bench: build
	$(SWIFT) build $(RELEASE) --product cpu-model-bench
	@Tests/Bench/bench $(if $(PAGE),--page $(PAGE)) $(BENCH)

# Every reader of other people's files under libFuzzer and AddressSanitizer, FUZZ_SECONDS (60) each. Coverage is asked
# for by hand: --sanitize fuzzer alone gives none. Of two --sanitize the order would be a matter of chance, and each change
# of it builds everything anew.
FUZZERS = FuzzDomain FuzzPolicy FuzzHosts FuzzCPUMap FuzzEditor FuzzGit
FUZZING = -c release --scratch-path .build-fuzz --sanitize fuzzer -Xswiftc -sanitize=address -Xswiftc -parse-as-library \
	-Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table
.PHONY: fuzzers
fuzzers: deps
	@for fuzzer in $(FUZZERS); do VIRT_CPU_FUZZ=1 $(SWIFT) build $(FUZZING) --product $$fuzzer || exit 1; done
fuzz: fuzzers
	@Tests/Fuzz/run .build-fuzz $(FUZZERS)

# The tests under AddressSanitizer with LeakSanitizer and under ThreadSanitizer, and the executable under valgrind.
sanitize: deps
	@.ci/deps libxml2-utils git attr acl valgrind
	@SWIFT=$(SWIFT) Tests/Sanitize/run

# What the pages show that comes from the sources: rules (README.md, docs/rules.md, the policy's schema), what the commands
# print, and the picture. A test checks that the committed pages are what this makes.
docs: deps
	$(SWIFT) build --product generate-docs
	$(SWIFT) build --product virt-cpu
	"$$($(SWIFT) build --show-bin-path)/generate-docs" .
	docs/commands "$$($(SWIFT) build --show-bin-path)/virt-cpu"
	docs/picture "$$($(SWIFT) build --show-bin-path)/virt-cpu"

# The documentation of the libraries, into .build/docc; warnings are errors.
.PHONY: docc
docc: deps
	$(SWIFT) build
	@SWIFT=$(SWIFT) .ci/docc

# The manual, from the executable's own help and the policy's schema, and its completions.
VERSION = $(shell sed -n 's/.*let version = "\(.*\)"$$/\1/p' Sources/Reports/Values/Program.swift)
PYTHON ?= python3
SOURCE_DATE_EPOCH ?= $(shell Packaging/commit 2)
export SOURCE_DATE_EPOCH
MADE = .build/share

# What installs: `build` with the system's libraries, or `static` and its executable.
BUILD = build
share: $(BUILD)
	@rm -rf $(MADE) && mkdir -p $(MADE)
	Packaging/manual $(BINARY) Examples/virt-cpu.schema.json $(MADE)
	# It is read, not run: no interpreter's line.
	$(BINARY) --generate-completion-script bash | sed 1d > $(MADE)/virt-cpu.bash
	$(BINARY) --generate-completion-script zsh > $(MADE)/_virt-cpu
	$(BINARY) --generate-completion-script fish > $(MADE)/virt-cpu.fish

DATA = $(DESTDIR)$(PREFIX)/share
DOC = $(DATA)/doc/virt-cpu
ZSH = $(DATA)/zsh/site-functions
RECORD = $(DATA)/virt-cpu/directories
DIRECTORIES = $(addprefix $(DESTDIR)$(PREFIX)/,bin share/man/man1 share/man/man5 share/bash-completion/completions \
	share/fish/vendor_completions.d share/virt-cpu share/doc/virt-cpu) $(ZSH)
install: share
	@$(if $(DESTDIR),:,Packaging/directories note $(RECORD) $(DIRECTORIES))
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/virt-cpu
	Packaging/settled $(DESTDIR)$(PREFIX)/bin/virt-cpu
	install -D -m 644 $(MADE)/virt-cpu.1 $(DATA)/man/man1/virt-cpu.1
	install -D -m 644 $(MADE)/virt-cpu.yaml.5 $(DATA)/man/man5/virt-cpu.yaml.5
	install -D -m 644 $(MADE)/virt-cpu.bash $(DATA)/bash-completion/completions/virt-cpu
	install -D -m 644 $(MADE)/_virt-cpu $(ZSH)/_virt-cpu
	install -D -m 644 $(MADE)/virt-cpu.fish $(DATA)/fish/vendor_completions.d/virt-cpu.fish
	install -D -m 644 Examples/virt-cpu.schema.json $(DATA)/virt-cpu/virt-cpu.schema.json
	install -D -m 644 LICENSE $(DOC)/LICENSE
	install -D -m 644 -t $(DOC) README.md CHANGELOG.md
	rm -rf $(DOC)/docs
	install -D -m 644 -t $(DOC)/docs docs/*.md docs/terminal.svg
	rm -rf $(DOC)/examples && cp -R Examples $(DOC)/examples

# Removes what install has put there, and the directories that it created unless other files are in them now.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/virt-cpu $(DATA)/man/man1/virt-cpu.1 $(DATA)/man/man5/virt-cpu.yaml.5
	rm -f $(DATA)/bash-completion/completions/virt-cpu $(ZSH)/_virt-cpu $(DATA)/fish/vendor_completions.d/virt-cpu.fish
	rm -rf $(DOC)
	$(if $(DESTDIR),rm -rf $(DATA)/virt-cpu,Packaging/directories remove $(RECORD))
	@# In a staging directory, every empty directory on the way there is ours.
	@$(if $(DESTDIR),Packaging/directories prune $(DESTDIR) $(DIRECTORIES))

# A Debian package of that, for the release that it is built on, into DEB_DIR.
DEB_DIR = .build
deb: build
	@.ci/deps dpkg-dev
	rm -rf .build/deb $(DEB_DIR)/virt-cpu_*.deb
	umask 022; $(MAKE) install PREFIX=/usr DESTDIR=.build/deb ZSH=.build/deb/usr/share/zsh/vendor-completions
	Packaging/deb $(VERSION) .build/deb $(DEB_DIR)

# A wheel with the static executable, into WHEEL_DIR: pip install .build-static/*.whl
WHEEL_DIR = .build-static
wheel: static
	rm -f $(WHEEL_DIR)/*.whl
	Packaging/wheel .build-static/release/virt-cpu $(WHEEL_DIR)

# What install installs, below .build/tree, with the static executable: for tarballs, RPMs and containers.
TREE = .build/tree
STATIC_INSTALL = umask 022; rm -rf $(TREE); $(MAKE) install BUILD=static BINARY=.build-static/release/virt-cpu DESTDIR=$(TREE)

# The packages of a release, with checksums. The same commit gives the same bytes, in the same directory and with the same compiler.
DIST = .build/dist
NAME = virt-cpu-$(VERSION)
STATIC_NAME = $(NAME)-linux-$(shell uname -m)
dist:
	@git diff --quiet HEAD -- || { echo 'make dist: commit your changes first: the source tarball has only what is committed' >&2; exit 1; }
	rm -rf $(DIST) && mkdir -p $(DIST)
	git archive --format=tar --prefix=$(NAME)/ HEAD | gzip -9n > $(DIST)/$(NAME).tar.gz
	$(MAKE) deb DEB_DIR=$(DIST)
	$(MAKE) wheel WHEEL_DIR=$(DIST)
	$(STATIC_INSTALL) PREFIX=/$(STATIC_NAME)
	tar -C $(TREE) --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--mtime=@$(SOURCE_DATE_EPOCH) -cf - $(STATIC_NAME) | gzip -9n > $(DIST)/$(STATIC_NAME).tar.gz
	cd $(DIST) && LC_ALL=C sha256sum *.* > SHA256SUMS
	@[ -n "$(HOMEPAGE)" ] || echo 'make dist: without HOMEPAGE=URL, reports have no links to the pages about rules' >&2

# An RPM with the static executable, for every distribution. Packaging/virt-cpu.spec says how to build one from the sources.
rpm:
	@.ci/deps rpm
	$(STATIC_INSTALL) PREFIX=/usr
	rm -rf .build/rpm && mkdir -p .build/rpm
	rpmbuild -bb --nodeps --quiet --define "_topdir $(CURDIR)/.build/rpm" --define "_rpmdir $(CURDIR)/.build" \
		--define "_rpmfilename $(NAME)-1.%{_arch}.rpm" --define "tree $(CURDIR)/$(TREE)" Packaging/virt-cpu.spec

# A container image with the static executable and nothing else: make container ENGINE=podman
ENGINE = buildah
IMAGE = virt-cpu
container:
	$(STATIC_INSTALL) PREFIX=/usr
	$(ENGINE) build $(ENGINE_OPTIONS) --target prebuilt --tag $(IMAGE):$(VERSION) --timestamp $(SOURCE_DATE_EPOCH) -f Containerfile $(TREE)

# The built-in CPU maps, from the cpu_map directories of several libvirt releases, oldest first:
#     make cpu-map CPU_MAPS="7.0.0:DIR 9.0.0:DIR 11.3.0:DIR 12.9.0:DIR"
.PHONY: cpu-map
cpu-map:
	@test -n "$(CPU_MAPS)" || { echo 'usage: make cpu-map CPU_MAPS="VERSION:DIR VERSION:DIR ...", oldest first' >&2; exit 2; }
	$(SWIFT) build --product generate-cpu-map
	"$$($(SWIFT) build --show-bin-path)/generate-cpu-map" $(CPU_MAPS) > .build/BuiltInCPUMap.swift
	mv .build/BuiltInCPUMap.swift Sources/CPUModel/BuiltIn/BuiltInCPUMap.swift

# QEMU's side: what QEMUs make of each model, under KVM and under emulation, on each of their machine types. Needs
# /dev/kvm, and takes minutes. Each of QEMUS is a command that runs a qemu-system-x86_64 with the arguments that it is
# given, or the root of a system that has one, which needs root privileges:
#     make qemu-models QEMUS="qemu-system-x86_64 /path/to/a/newer/qemu-system-x86_64 /path/to/a/root/"
QEMUS ?= qemu-system-x86_64
QMP = -display none -nodefaults -S -qmp stdio
IN_ROOT = unshare -m sh -c 'mount --bind /dev "$$0/dev"; mount -t proc proc "$$0/proc"; exec chroot "$$0" qemu-system-x86_64 "$$@"'

.PHONY: qemu-models
qemu-models:
	$(SWIFT) build --product generate-qemu-models
	@set -e; ask="$$($(SWIFT) build --show-bin-path)/generate-qemu-models"; replies=.build/qemu-models; \
	rm -rf $$replies; mkdir -p $$replies; n=0; \
	run() { if [ -d "$$qemu" ]; then $(IN_ROOT) "$$qemu" "$$@"; else $$qemu "$$@"; fi; }; \
	for qemu in $(QEMUS); do \
		n=$$((n + 1)); \
		"$$ask" definitions | run $(QMP) -accel tcg > $$replies/$$n.definitions; \
		"$$ask" questions $$replies/$$n.definitions > $$replies/$$n.questions; \
		for machine in $$(run -machine help | sed -n 's/^\(pc-i440fx-[0-9.]*\) .*/\1/p'); do for accel in kvm tcg; do \
			run $(QMP) -machine $$machine -accel $$accel < $$replies/$$n.questions > $$replies/$$n.$$machine.$$accel.json; \
		done; done; \
	done; \
	"$$ask" write $$replies/*.json > $$replies/BuiltInQEMUModels.swift
	mv .build/qemu-models/BuiltInQEMUModels.swift Sources/CPUModel/BuiltIn/BuiltInQEMUModels.swift

clean:
	rm -rf .build .build-static .build-fuzz .build-asan .build-tsan .build-valgrind
