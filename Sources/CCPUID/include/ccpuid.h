#ifndef CCPUID_H
#define CCPUID_H
#include <stdint.h>

/* The four registers that CPUID leaves behind. */
struct ccpuid_registers { uint32_t eax, ebx, ecx, edx; };

/* Executes CPUID with EAX = leaf and ECX = subleaf (Intel SDM volume 2A, CPUID). Returns 1, or 0 and
 * zeros on architectures without the instruction. */
int ccpuid(uint32_t leaf, uint32_t subleaf, struct ccpuid_registers *out);

/* The cores that a thread may run on: room for 8192, the kernel's limit. */
struct ccpuid_cores { uint64_t words[128]; };

/* Keeps the calling thread on the core that it is on, and says in `before` where it was allowed before. Returns 1, or 0
 * where the system does not do that. (sched_setaffinity is a GNU extension that Swift's Glibc module leaves out.) */
int ccpuid_pin(struct ccpuid_cores *before);

/* How many cores the calling thread may run on; 1 where the system does not say. */
int ccpuid_usable_cores(void);

/* Undoes ccpuid_pin. */
void ccpuid_unpin(const struct ccpuid_cores *before);

#endif
