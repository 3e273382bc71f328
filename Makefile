# virt-cpu: `make run` builds it and shows it at work, `make test` passes the tests.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# A Swift runtime inside, libxml2 and libyaml from the system: security updates come with the system's.
# No RPATH: nothing is looked for beside the executable. Accessors of one module are inlined into the others.
RELEASE = -c release --disable-local-rpath --static-swift-stdlib -Xswiftc -gnone \
	-Xswiftc -cross-module-optimization -Xlinker --gc-sections -Xlinker -s $(shell .ci/linking $(SWIFT))
# One executable without shared libraries, for wheels and containers. libxml2's own dependencies are named because a
# static archive does not bring them along.
STATIC = -c release --scratch-path .build-static --static-swift-stdlib -Xswiftc -gnone -Xswiftc -cross-module-optimization -Xswiftc -static-executable \
	-Xlinker --gc-sections -Xlinker -s -Xlinker -licuuc -Xlinker -licudata -Xlinker -lz -Xlinker -llzma \
	-Xlinker -lstdc++ -Xlinker -lm

BINARY = .build/release/virt-cpu

.PHONY: all deps build static run test integration torture fuzz sanitize bench docs share install deb wheel clean

all: build

# Debian packages, asked for only where one is missing.
PACKAGES = libxml2-dev libyaml-dev pkg-config
STATIC_PACKAGES = libicu-dev zlib1g-dev liblzma-dev
deps:
	@.ci/deps $(PACKAGES)

build: deps
	$(SWIFT) build $(RELEASE) --product virt-cpu

static: deps
	@.ci/deps $(STATIC_PACKAGES)
	$(SWIFT) build $(STATIC) --product virt-cpu

run: build
	@echo '$$ virt-cpu filter --host Examples/hosts/hv01.capabilities.xml < Examples/debian12.xml'
	@$(BINARY) filter --no-config --host Examples/hosts/hv01.capabilities.xml \
		< Examples/debian12.xml > .build/debian12.xml
	@echo '$$ diff -u Examples/debian12.xml -'
	@diff -u --label Examples/debian12.xml --label 'what filter wrote' Examples/debian12.xml .build/debian12.xml || :

test: deps
	@.ci/deps libxml2-utils git attr acl
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Needs root: it starts a libvirtd of its own, in namespaces of its own, and installs packages in roots of their own.
INTEGRATION_PACKAGES = libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils debootstrap lintian man-db groff-base zsh fish
integration: deps
	@.ci/deps $(INTEGRATION_PACKAGES)
	$(SWIFT) build --build-tests
	@Tests/Integration/run
	@Tests/Integration/packages $(MAKE)

# What it bears: a million mutated definitions, signals, full disks, limits, long streams. TORTURE_COUNT makes it shorter,
# and PARTS=... chooses: Tests/Torture/run --help.
torture: build
	@.ci/deps util-linux
	$(SWIFT) build $(RELEASE) --product torture-mutations
	@Tests/Torture/run $(PARTS)

# make bench PAGE=docs/performance.md puts the figures that have a goal into that page.
bench: build
	$(SWIFT) build $(RELEASE) --product cpu-model-bench
	@Tests/Bench/bench $(if $(PAGE),--page $(PAGE))

# Every reader of other people's files under libFuzzer and AddressSanitizer, FUZZ_SECONDS (60) each. Coverage is asked
# for by hand: --sanitize fuzzer alone gives none. Of two --sanitize the order would be a matter of chance, and each change
# of it builds everything anew.
FUZZERS = FuzzDomain FuzzPolicy FuzzHosts FuzzCPUMap
FUZZING = -c release --scratch-path .build-fuzz --sanitize fuzzer -Xswiftc -sanitize=address -Xswiftc -parse-as-library \
	-Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table
fuzz: deps
	@for fuzzer in $(FUZZERS); do VIRT_CPU_FUZZ=1 $(SWIFT) build $(FUZZING) --product $$fuzzer || exit 1; done
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
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)
export SOURCE_DATE_EPOCH
MADE = .build/share

share: build
	@rm -rf $(MADE) && mkdir -p $(MADE)
	Packaging/manual $(BINARY) Examples/virt-cpu.schema.json $(MADE)
	# It is read, not run: no interpreter's line.
	$(BINARY) --generate-completion-script bash | sed 1d > $(MADE)/virt-cpu.bash
	$(BINARY) --generate-completion-script zsh > $(MADE)/_virt-cpu
	$(BINARY) --generate-completion-script fish > $(MADE)/virt-cpu.fish

DATA = $(DESTDIR)$(PREFIX)/share
DOC = $(DATA)/doc/virt-cpu
ZSH = $(DATA)/zsh/site-functions
install: share
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/virt-cpu
	install -D -m 644 $(MADE)/virt-cpu.1 $(DATA)/man/man1/virt-cpu.1
	install -D -m 644 $(MADE)/virt-cpu.yaml.5 $(DATA)/man/man5/virt-cpu.yaml.5
	install -D -m 644 $(MADE)/virt-cpu.bash $(DATA)/bash-completion/completions/virt-cpu
	install -D -m 644 $(MADE)/_virt-cpu $(ZSH)/_virt-cpu
	install -D -m 644 $(MADE)/virt-cpu.fish $(DATA)/fish/vendor_completions.d/virt-cpu.fish
	install -D -m 644 Examples/virt-cpu.schema.json $(DATA)/virt-cpu/virt-cpu.schema.json
	install -D -m 644 LICENSE $(DOC)/LICENSE
	install -D -m 644 -t $(DOC) README.md CHANGELOG.md
	install -D -m 644 -t $(DOC)/docs docs/*.md docs/terminal.svg
	rm -rf $(DOC)/examples && cp -R Examples $(DOC)/examples

# A Debian package of that, for the release that it is built on.
deb: build
	@.ci/deps dpkg-dev
	rm -rf .build/deb
	umask 022; $(MAKE) install PREFIX=/usr DESTDIR=.build/deb ZSH=.build/deb/usr/share/zsh/vendor-completions
	Packaging/deb $(VERSION) .build/deb .build

# A wheel with the static executable: pip install .build-static/*.whl
wheel: static
	rm -f .build-static/*.whl
	Packaging/wheel .build-static/release/virt-cpu .build-static

# The built-in CPU map, from a libvirt source tree's src/cpu_map: make cpu-map CPU_MAP=DIR. Its meson.build says which
# release it is of; of a directory without one, LIBVIRT_VERSION=11.3.0 does.
LIBVIRT_VERSION ?= $(shell sed -n "s/^ *version: *'\([0-9.]*\)'.*/\1/p" "$(CPU_MAP)/../../meson.build" 2>/dev/null | head -1)

.PHONY: cpu-map
cpu-map:
	@test -n "$(CPU_MAP)" || { echo "usage: make cpu-map CPU_MAP=DIR [LIBVIRT_VERSION=X.Y.Z]" >&2; exit 2; }
	@test -n "$(LIBVIRT_VERSION)" || { echo "no version in $(CPU_MAP)/../../meson.build: say LIBVIRT_VERSION=X.Y.Z" >&2; exit 2; }
	$(SWIFT) build --product generate-cpu-map
	"$$($(SWIFT) build --show-bin-path)/generate-cpu-map" "$(CPU_MAP)" "$(LIBVIRT_VERSION)" > .build/BuiltInCPUMap.swift
	mv .build/BuiltInCPUMap.swift Sources/CPUModel/BuiltIn/BuiltInCPUMap.swift

# QEMU's side: what this machine's QEMU makes of each model, under KVM and under emulation. Needs /dev/kvm.
QEMU ?= qemu-system-x86_64
QMP = $(QEMU) -machine pc -display none -nodefaults -S -qmp stdio

.PHONY: qemu-models
qemu-models:
	$(SWIFT) build --product generate-qemu-models
	"$$($(SWIFT) build --show-bin-path)/generate-qemu-models" questions > .build/qemu-questions.json
	$(QMP) -accel kvm < .build/qemu-questions.json > .build/qemu-kvm.json
	$(QMP) -accel tcg < .build/qemu-questions.json > .build/qemu-tcg.json
	"$$($(SWIFT) build --show-bin-path)/generate-qemu-models" write .build/qemu-kvm.json .build/qemu-tcg.json > .build/BuiltInQEMUModels.swift
	mv .build/BuiltInQEMUModels.swift Sources/CPUModel/BuiltIn/BuiltInQEMUModels.swift

clean:
	rm -rf .build .build-static .build-fuzz .build-asan .build-tsan .build-valgrind
