/* The floor that throughput is measured against: stdin through libxml2's push parser, with no handlers at all.
 * Whatever is built on that parser cannot be faster on one thread. */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of 4 KiB to 1 MiB the fastest. */
enum { CHUNK = 64 << 10 };

int main(void)
{
    static char buffer[CHUNK];
    xmlSAXHandler none;
    xmlParserCtxtPtr context;
    ssize_t got;

    /* A null handler would mean libxml2's own, which builds a tree. */
    memset(&none, 0, sizeof none);
    none.initialized = XML_SAX2_MAGIC;
    context = xmlCreatePushParserCtxt(&none, NULL, NULL, 0, NULL);
    if (!context) return EXIT_FAILURE;
    while ((got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        xmlParseChunk(context, buffer, got, 0);
    xmlParseChunk(context, NULL, 0, 1);
    if (got < 0 || !context->wellFormed) {
        fprintf(stderr, "floor: the input cannot be read or is not well-formed\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
