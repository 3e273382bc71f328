#include "homepage.h"

#ifndef VIRT_CPU_HOMEPAGE
#define VIRT_CPU_HOMEPAGE ""
#endif

const char *virt_cpu_homepage(void) { return VIRT_CPU_HOMEPAGE; }
