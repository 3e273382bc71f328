/* libxml2's encoding.h brings ICU's declarations along, which clash with Foundation's copy of them in a module that
 * imports both. Nothing here needs them. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/encoding.h>
#include <stddef.h>

/* glibc hides these two behind _GNU_SOURCE, which a module cannot define. */
void *memrchr(const void *s, int c, size_t n);
void *memmem(const void *haystack, size_t haystacklen, const void *needle, size_t needlelen);

/* xmlFree is a variable holding a function, which Swift takes for shared mutable state. */
static inline void virtcpu_xml_free(void *pointer) { xmlFree(pointer); }

static inline void virtcpu_xml_say_nothing(void *context, const char *format, ...) { (void)context; (void)format; }
static inline void virtcpu_xml_ignore(void *context, xmlErrorPtr error) { (void)context; (void)error; }

/* What libxml2 has to say on this thread of characters that cannot be converted has no context to go to, and is printed on
 * stderr otherwise, once by one way and once by the other. Swift can make no function that takes any number of arguments. */
static inline void virtcpu_xml_silence(void)
{
    xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)virtcpu_xml_ignore);
    xmlSetGenericErrorFunc(NULL, virtcpu_xml_say_nothing);
}
