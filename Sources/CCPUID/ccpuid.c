#define _GNU_SOURCE
#include "ccpuid.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

int ccpuid(uint32_t leaf, uint32_t subleaf, struct ccpuid_registers *out) {
    __cpuid_count(leaf, subleaf, out->eax, out->ebx, out->ecx, out->edx);
    return 1;
}
#else
int ccpuid(uint32_t leaf, uint32_t subleaf, struct ccpuid_registers *out) {
    (void)leaf; (void)subleaf;
    out->eax = out->ebx = out->ecx = out->edx = 0;
    return 0;
}
#endif

#if defined(__linux__)
#include <sched.h>
#include <string.h>

int ccpuid_pin(struct ccpuid_cores *before) {
    union { cpu_set_t set; struct ccpuid_cores cores; } one;
    int core = sched_getcpu();
    memset(before, 0, sizeof *before);
    memset(&one, 0, sizeof one);
    if (core < 0 || core >= (int)sizeof one * 8) return 0;
    if (sched_getaffinity(0, sizeof *before, (cpu_set_t *)before) != 0) return 0;
    CPU_SET_S(core, sizeof one, &one.set);
    return sched_setaffinity(0, sizeof one, &one.set) == 0;
}

void ccpuid_unpin(const struct ccpuid_cores *before) {
    sched_setaffinity(0, sizeof *before, (const cpu_set_t *)before);
}

int ccpuid_usable_cores(void) {
    struct ccpuid_cores cores;
    int count;
    memset(&cores, 0, sizeof cores);
    if (sched_getaffinity(0, sizeof cores, (cpu_set_t *)&cores) != 0) return 1;
    count = CPU_COUNT_S(sizeof cores, (cpu_set_t *)&cores);
    return count > 0 ? count : 1;
}
#else
int ccpuid_usable_cores(void) { return 1; }
int ccpuid_pin(struct ccpuid_cores *before) { (void)before; return 0; }
void ccpuid_unpin(const struct ccpuid_cores *before) { (void)before; }
#endif
