#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/encoding.h>
#include <stddef.h>

/* glibc hides these two behind _GNU_SOURCE, which a module cannot define. */
void *memrchr(const void *s, int c, size_t n);
void *memmem(const void *haystack, size_t haystacklen, const void *needle, size_t needlelen);

/* xmlFree is a variable holding a function, which Swift takes for shared mutable state. */
static inline void virtcpu_xml_free(void *pointer) { xmlFree(pointer); }
