#ifndef CCPUID_H
#define CCPUID_H
#include <stdint.h>

/* The four registers that CPUID leaves behind. */
struct ccpuid_registers { uint32_t eax, ebx, ecx, edx; };

/* Executes CPUID with EAX = leaf and ECX = subleaf (Intel SDM volume 2A, CPUID). Returns 1, or 0 and
 * zeros on architectures without the instruction. */
int ccpuid(uint32_t leaf, uint32_t subleaf, struct ccpuid_registers *out);

#endif
