#ifndef VIRT_CPU_HOMEPAGE_H
#define VIRT_CPU_HOMEPAGE_H

/// The address that the build was given in the environment variable VIRT_CPU_HOMEPAGE; empty without it.
const char *virt_cpu_homepage(void);

#endif
