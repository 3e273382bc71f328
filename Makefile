# virt-cpu: `make run` builds it and shows it at work, `make test` passes the tests.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# A Swift runtime inside, libxml2 and libyaml from the system: security updates come with the system's.
RELEASE = -c release --static-swift-stdlib -Xswiftc -gnone -Xlinker --gc-sections -Xlinker -s
# One executable without shared libraries, for wheels and containers. libxml2's own dependencies are named because a
# static archive does not bring them along.
STATIC = -c release --scratch-path .build-static --static-swift-stdlib -Xswiftc -gnone -Xswiftc -static-executable \
	-Xlinker --gc-sections -Xlinker -s -Xlinker -licuuc -Xlinker -licudata -Xlinker -lz -Xlinker -llzma \
	-Xlinker -lstdc++ -Xlinker -lm

BINARY = .build/release/virt-cpu

.PHONY: all deps build static run test bench install clean

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
	@.ci/deps libxml2-utils
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

bench: build
	@Tests/Bench/bench

install: build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/virt-cpu
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/virt-cpu/LICENSE
	install -D -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/virt-cpu/README.md
	cp -R Examples $(DESTDIR)$(PREFIX)/share/doc/virt-cpu/examples

clean:
	rm -rf .build .build-static
