# The two commands are `make demo` and `make check`; everything else is CMake's (CMakeLists.txt, CMakePresets.json).
BUILD ?= build
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
export JOBS
MAKEFLAGS += --no-print-directory

all:
	@cmake -S . -B $(BUILD) $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DSINTER_TESTS=OFF)
	@cmake --build $(BUILD) --parallel $(JOBS)

# The whole way, from a machine with nothing to a program: needed packages, the compiler, the real MiniLM, one executable, its answers.
demo:
	@sh tools/demo.sh

# Everything under address and undefined behaviour sanitizers, then the fuzzers for a few seconds each.
check:
	@sh tools/check.sh

# The same with hours of random programs and fuzzing, all planted defects, every model on every target.
check-long:
	@SINTER_LONG=1 SINTER_FUZZ_SECONDS=$${SINTER_FUZZ_SECONDS:-300} sh tools/check.sh

# Speed beside that of peers, which are installed outside the tree; docs/performance.md is written. BENCH="--quick --only=u8_128": bench/cpu/run.py --help
bench: all
	@python3 bench/cpu/run.py --sinter=$(BUILD)/bin/sinter $(BENCH)

# Norms, activations and scores made up from seeds, in the encoder and in attention alone: that part of `make bench`.
bench-invented: all
	@python3 bench/cpu/run.py --sinter=$(BUILD)/bin/sinter --only=invented $(BENCH)

# How compiled RASP programs grow with the length of their input; docs/rasp-speed.md is written.
bench-rasp: all
	@python3 bench/rasp/growth.py --sinter=$(BUILD)/bin/sinter $(BENCH)

# Kernels of the forms alone, as shares of the peak, printed only.
bench-kernels:
	@sh bench/kernels.sh

format:
	@python3 tools/format.py

tidy:
	@sh tools/tidy.sh

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	@rm -rf $(BUILD)

.PHONY: all demo check check-long bench bench-invented bench-rasp bench-kernels format tidy install clean
