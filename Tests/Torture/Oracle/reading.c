#include "oracle.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libvirt reads of a definition, by libvirt's own calls of libxml2: a tree of a string of UTF-8 (virXMLParse:
 * xmlCtxtReadDoc without blanks), XPath for most elements (virXPathString: an empty string is none), xmlGetProp for most
 * attributes (virXMLPropString), and a walk through the children of <features> (virDomainFeaturesDefParse). */

typedef struct { xmlXPathContextPtr xpath; xmlBufferPtr lines; } reader;

static void add(reader *r, const char *key, const char *value)
{
    xmlBufferCCat(r->lines, key);
    xmlBufferCCat(r->lines, "=");
    if (value) xmlBufferCCat(r->lines, value);
    xmlBufferCCat(r->lines, "\n");
}

static void add_string(reader *r, const char *key, const char *path)
{
    xmlXPathObjectPtr found = xmlXPathEval((const xmlChar *)path, r->xpath);
    add(r, key, found && found->stringval ? (const char *)found->stringval : NULL);
    xmlXPathFreeObject(found);
}

/* An attribute that is there, even if it is empty, has quotes round it. */
static void add_property(reader *r, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp((xmlNode *)node, (const xmlChar *)name);
    xmlBufferCCat(r->lines, " ");
    if (value) {
        xmlBufferCCat(r->lines, "'");
        xmlBufferCat(r->lines, value);
        xmlBufferCCat(r->lines, "'");
    } else {
        xmlBufferCCat(r->lines, "-");
    }
    xmlFree(value);
}

static void add_node(reader *r, const char *key, const xmlNode *node, const char *const *names)
{
    xmlBufferCCat(r->lines, key);
    for (; *names; names++) add_property(r, node, *names);
    xmlBufferCCat(r->lines, "\n");
}

/* A line for each node that a path finds, with its attributes; at most `most` of them. */
static void add_nodes(reader *r, const char *key, const char *path, int most, const char *const *names)
{
    xmlXPathObjectPtr found = xmlXPathEval((const xmlChar *)path, r->xpath);
    int count = found && found->nodesetval ? found->nodesetval->nodeNr : 0;
    for (int i = 0; i < count && i < most; i++) add_node(r, key, found->nodesetval->nodeTab[i], names);
    xmlXPathFreeObject(found);
}

static int is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static void add_features(reader *r)
{
    static const char *const state[] = { "state", NULL };
    static const char *const of_kvm[] = { "hidden", "hint-dedicated", "poll-control", "pv-ipi", NULL };
    xmlXPathObjectPtr found = xmlXPathEval((const xmlChar *)"./features/*", r->xpath);
    int count = found && found->nodesetval ? found->nodesetval->nodeNr : 0;
    for (int i = 0; i < count; i++) {
        const xmlNode *node = found->nodesetval->nodeTab[i];
        if (is_named(node, "pmu") || is_named(node, "pvspinlock")) add_node(r, (const char *)node->name, node, state);
        for (const xmlNode *child = node->children; child; child = child->next) {
            /* libvirt refuses what it does not know; a prefix that is not declared is part of the name. */
            if (child->type != XML_ELEMENT_NODE || strchr((const char *)child->name, ':')) continue;
            if (is_named(node, "hyperv")) add_node(r, (const char *)child->name, child, state);
            for (int j = 0; is_named(node, "kvm") && of_kvm[j]; j++)
                if (is_named(child, of_kvm[j])) add_node(r, of_kvm[j], child, state);
        }
    }
    xmlXPathFreeObject(found);
}

static void add_cpu(reader *r)
{
    static const char *const attributes[] = { "mode", "match", "check", "migratable", "deprecated_features", NULL };
    static const char *const topology[] = { "sockets", "dies", "clusters", "cores", "threads", NULL };
    static const char *const cache[] = { "level", "mode", NULL };
    static const char *const address[] = { "mode", "bits", "limit", NULL };
    static const char *const feature[] = { "name", "policy", NULL };
    static const char *const cell[] = { "id", "cpus", "memAccess", "discard", NULL };
    add_nodes(r, "cpu", "./cpu[1]", 1, attributes);
    add_string(r, "model", "string(./cpu[1]/model[1])");
    add_string(r, "fallback", "string(./cpu[1]/model[1]/@fallback)");
    add_string(r, "vendor_id", "string(./cpu[1]/model[1]/@vendor_id)");
    add_string(r, "vendor", "string(./cpu[1]/vendor[1])");
    add_nodes(r, "topology", "./cpu[1]/topology[1]", 1, topology);
    add_nodes(r, "cache", "./cpu[1]/cache", INT32_MAX, cache);
    add_nodes(r, "maxphysaddr", "./cpu[1]/maxphysaddr[1]", 1, address);
    add_nodes(r, "feature", "./cpu[1]/feature", INT32_MAX, feature);
    add_nodes(r, "cell", "./cpu/numa[1]/cell", INT32_MAX, cell);
}

char *oracle_reading(const char *bytes, size_t count)
{
    static const char *const timer[] = { "name", "present", NULL };
    static const char *const argument[] = { "value", NULL };
    static const char *const current[] = { "current", NULL };
    char *text = malloc(count + 1);
    if (!text) abort();
    memcpy(text, bytes, count);
    text[count] = 0;
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDocPtr tree = xmlCtxtReadDoc(
        parser, (const xmlChar *)text, "", NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlFreeParserCtxt(parser);
    free(text);
    if (!tree) return NULL;
    reader r = { xmlXPathNewContext(tree), xmlBufferCreate() };
    r.xpath->node = xmlDocGetRootElement(tree);
    xmlXPathRegisterNs(r.xpath, (const xmlChar *)"qemu", (const xmlChar *)"http://libvirt.org/schemas/domain/qemu/1.0");
    add_string(&r, "type", "string(./@type)");
    add_string(&r, "name", "string(./name[1])");
    add_string(&r, "uuid", "string(./uuid[1])");
    add_string(&r, "vcpu", "string(./vcpu[1])");
    add_nodes(&r, "current", "./vcpu[1]", 1, current);
    add_string(&r, "os", "string(./os/type[1])");
    add_string(&r, "arch", "string(./os/type[1]/@arch)");
    add_string(&r, "machine", "string(./os/type[1]/@machine)");
    add_string(&r, "emulator", "string(./devices/emulator[1])");
    add_string(&r, "offset", "string(./clock/@offset)");
    add_cpu(&r);
    add_features(&r);
    add_nodes(&r, "timer", "./clock/timer", INT32_MAX, timer);
    // libvirt refuses a definition with an argument that has no value.
    add_nodes(&r, "argument", "./qemu:commandline/qemu:arg[@*[local-name()='value']]", INT32_MAX, argument);
    char *lines = strdup((const char *)xmlBufferContent(r.lines));
    xmlBufferFree(r.lines);
    xmlXPathFreeContext(r.xpath);
    xmlFreeDoc(tree);
    return lines;
}
