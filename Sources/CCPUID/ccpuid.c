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
