#ifndef CCPUID_H
#define CCPUID_H
#include <stdint.h>

/* The four registers that the CPUID instruction fills. */
struct ccpuid_registers { uint32_t eax, ebx, ecx, edx; };

/* Executes CPUID with EAX = leaf and ECX = subleaf (Intel SDM volume 2A, CPUID) and returns 1. On architectures without
 * the instruction, sets the registers to 0 and returns 0. */
int ccpuid(uint32_t leaf, uint32_t subleaf, struct ccpuid_registers *out);

/* The cores that a thread may run on, as a bit set. It has room for 8192 cores, the most that Linux supports. */
struct ccpuid_cores { uint64_t words[128]; };

/* Binds the calling thread to the core that it is on, sets `before` to the cores that it could run on before, and returns
 * 1. Returns 0 if the system refuses. (This is C because Swift's Glibc module lacks sched_setaffinity, a GNU extension.) */
int ccpuid_pin(struct ccpuid_cores *before);

/* Returns the number of cores that the calling thread may run on, or 1 if the system does not tell. */
int ccpuid_usable_cores(void);

/* Undoes ccpuid_pin: lets the calling thread run on the cores in `before` again. */
void ccpuid_unpin(const struct ccpuid_cores *before);

#endif
