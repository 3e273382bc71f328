#include "oracle.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The tokenizer */

typedef struct { size_t start, end; } span;

typedef struct {
    const unsigned char *bytes;
    size_t count;        /* code units */
    oracle_units units;
    span *elements;      /* in document order, in code units; NULL where nobody wants them */
    size_t element_count, capacity;
} scanner;

static unsigned at(const scanner *s, size_t index)
{
    if (index >= s->count) return 0;
    if (s->units == ORACLE_BYTES) return s->bytes[index];
    const unsigned char *unit = s->bytes + 2 * index;
    return s->units == ORACLE_LITTLE ? unit[0] | unit[1] << 8 : unit[0] << 8 | unit[1];
}

static int matches(const scanner *s, size_t place, const char *text)
{
    for (; *text; text++, place++)
        if (at(s, place) != (unsigned char)*text) return 0;
    return 1;
}

/* Behind the next occurrence of a text; the end where there is none. */
static size_t behind(const scanner *s, size_t place, const char *text)
{
    for (; place < s->count; place++)
        if (matches(s, place, text)) return place + strlen(text);
    return s->count + 1;
}

/* Behind the '>' that ends a tag or a declaration; quoted ones are not it. */
static size_t behind_tag(const scanner *s, size_t place)
{
    unsigned quote = 0;
    for (; place < s->count; place++) {
        unsigned unit = at(s, place);
        if (quote) { if (unit == quote) quote = 0; }
        else if (unit == '"' || unit == '\'') quote = unit;
        else if (unit == '>') return place + 1;
    }
    return s->count + 1;
}

/* A document type may hold declarations, comments and instructions in brackets. */
static size_t behind_doctype(const scanner *s, size_t place, oracle_extent *extent)
{
    unsigned quote = 0;
    int inside = 0;
    while (place < s->count) {
        unsigned unit = at(s, place);
        if (quote) { if (unit == quote) quote = 0; }
        else if (matches(s, place, "<!--")) { place = behind(s, place + 4, "-->"); continue; }
        else if (matches(s, place, "<?")) {
            extent->has_instruction_in_type = 1;
            place = behind(s, place + 2, "?>");
            continue;
        }
        else if (unit == '"' || unit == '\'') quote = unit;
        else if (unit == '[') inside = 1;
        else if (unit == ']') inside = 0;
        else if (unit == '>' && !inside) {
            /* libxml2's push parser goes on with declarations in brackets behind it, and finds the fault later. */
            if (at(s, place + 1) != '[') return place + 1;
        }
        else if (!inside && (matches(s, place, "SYSTEM") || matches(s, place, "PUBLIC"))) extent->has_external_subset = 1;
        else if (inside && matches(s, place, "<!ENTITY")) extent->declares_entities = 1;
        else if (inside && matches(s, place, "<!ATTLIST")) extent->declares_attributes = 1;
        else if (inside && matches(s, place, "<!ELEMENT")) extent->declares_elements = 1;
        place++;
    }
    return s->count + 1;
}

/* The encoding that the XML declaration at a place names. */
static void read_encoding(const scanner *s, size_t place, char *encoding, size_t size)
{
    size_t end = behind(s, place, "?>");
    place = behind(s, place, "encoding");
    while (place < end && at(s, place) != '"' && at(s, place) != '\'') place++;
    if (place >= end) return;
    unsigned quote = at(s, place++);
    for (size_t i = 0; i + 1 < size && place < end && at(s, place) != quote; i++) encoding[i] = (char)at(s, place++);
}

static void push(scanner *s, size_t start)
{
    if (s->element_count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 256;
        s->elements = realloc(s->elements, s->capacity * sizeof *s->elements);
        if (!s->elements) abort();
    }
    s->elements[s->element_count++] = (span){ start, start };
}

/* Whether the tag at a place has a local name. */
static int is_tag(const scanner *s, size_t start, const char *name)
{
    size_t place = start + 1;
    for (size_t i = place; i < s->count && !strchr(" \t\r\n/>", (int)(at(s, i) & 0x7f)); i++)
        if (at(s, i) == ':') place = i + 1;
    return matches(s, place, name) && strchr(" \t\r\n/>", (int)(at(s, place + strlen(name)) & 0x7f)) != NULL;
}

static oracle_extent scan(scanner *s)
{
    oracle_extent extent = { .end = s->count };
    size_t place = 0, depth = 0, opened = 0;
    /* Elements that are open, by their numbers. */
    size_t *open = NULL;
    size_t first = at(s, 0) == 0xfeff ? 1 : matches(s, 0, "\xef\xbb\xbf") ? 3 : 0;
    if (matches(s, first, "<?xml")) read_encoding(s, first, extent.encoding, sizeof extent.encoding);
    while (place < s->count) {
        if (at(s, place) != '<') { place++; continue; }
        size_t start = place;
        if (matches(s, place, "<!--")) place = behind(s, place + 4, "-->");
        else if (matches(s, place, "<![CDATA[")) place = behind(s, place + 9, "]]>");
        else if (matches(s, place, "<?")) {
            if (start > 0 && depth == 0 && matches(s, place, "<?xml") && strchr(" \t\r\n", (int)(at(s, place + 5) & 0x7f))
                && !extent.declaration)
                extent.declaration = start;
            place = behind(s, place + 2, "?>");
        } else if (matches(s, place, "<!")) place = behind_doctype(s, place + 2, &extent);
        else {
            int closes = at(s, place + 1) == '/';
            place = behind_tag(s, place + 1);
            size_t length = (place > s->count ? s->count : place) - start;
            if (!closes && length > extent.longest_tag) extent.longest_tag = length;
            if (place > s->count) {
                /* libxml2 reports an element before it misses the '>' of its tag. */
                if (!closes && depth + 1 > extent.depth) extent.depth = depth + 1;
                break;
            }
            int is_empty = !closes && at(s, place - 2) == '/';
            if (!closes) {
                push(s, start);
                extent.has_root = 1;
                extent.kvms += is_tag(s, start, "kvm");
                extent.hypervs += is_tag(s, start, "hyperv");
                extent.cpus += is_tag(s, start, "cpu");
                extent.numas += is_tag(s, start, "numa");
                if (depth == opened) {
                    opened = opened ? 2 * opened : 64;
                    open = realloc(open, opened * sizeof *open);
                    if (!open) abort();
                }
                open[depth++] = s->element_count - 1;
                if (depth > extent.depth) extent.depth = depth;
            }
            if (closes || is_empty) {
                if (depth == 0) break;
                s->elements[open[--depth]].end = place;
                if (depth == 0) {
                    extent.end = place;
                    extent.is_complete = 1;
                    break;
                }
            }
        }
        if (place > s->count) break;
    }
    if (depth > 1) extent.open_child = s->elements[open[1]].start;
    free(open);
    return extent;
}

static scanner scanner_of(const char *bytes, size_t count, oracle_units units)
{
    return (scanner){ .bytes = (const unsigned char *)bytes, .count = units == ORACLE_BYTES ? count : count / 2, .units = units };
}

oracle_extent oracle_scan(const char *bytes, size_t count, oracle_units units)
{
    scanner s = scanner_of(bytes, count, units);
    oracle_extent extent = scan(&s);
    size_t width = units == ORACLE_BYTES ? 1 : 2;
    extent.end = extent.is_complete ? extent.end * width : count;
    extent.declaration *= width;
    extent.open_child *= width;
    extent.longest_tag *= width;
    free(s.elements);
    return extent;
}

/* ---- The tree */

/* Of no namespace. Of a root, libvirt compares the local name alone, but refuses a <domain> without a type or with an empty one: in a namespace,
 * that one is somebody else's. */
static int is(const xmlNode *node, const char *name)
{
    if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name) != 0) return 0;
    if (!node->ns) return 1;
    if (!node->parent || node->parent->type != XML_DOCUMENT_NODE) return 0;
    if (strcmp(name, "domain") != 0) return 1;
    const xmlAttr *type = xmlHasNsProp((xmlNode *)node, (const xmlChar *)"type", NULL);
    return type && type->children && type->children->content && *type->children->content;
}

static const xmlNode *next_element(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE) node = node->next;
    return node;
}

static int is_domain(const xmlNode *node)
{
    if (is(node, "domain") && node->parent->type != XML_ELEMENT_NODE) return 1;
    const xmlNode *parent = node->parent;
    if (parent->type != XML_ELEMENT_NODE || (parent->parent && parent->parent->type == XML_ELEMENT_NODE)) return 0;
    if (is(node, "domain")) return is(parent, "domains") || is(parent, "domstatus") || is(parent, "domainsnapshot");
    return is(node, "inactiveDomain") && is(parent, "domainsnapshot");
}

static const xmlNode *child_of(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = next_element(node->children); child; child = next_element(child->next))
        if (is(child, name)) return child;
    return NULL;
}

/* A snapshot has memory when it says so, or does not say and was taken of a guest that ran. */
static int has_memory(const xmlNode *snapshot)
{
    const xmlNode *memory = child_of(snapshot, "memory"), *state = child_of(snapshot, "state");
    xmlChar *kept = memory ? xmlGetNoNsProp(memory, (const xmlChar *)"snapshot") : NULL;
    if (kept) {
        int is_kept = strcmp((const char *)kept, "no") != 0;
        xmlFree(kept);
        return is_kept;
    }
    xmlChar *text = state ? xmlNodeGetContent(state) : NULL;
    const char *word = text ? (const char *)text : "";
    int ran = *word && strcmp(word, "shutoff") && strcmp(word, "nostate") && strcmp(word, "disk-snapshot");
    xmlFree(text);
    return ran;
}

static int is_running(const xmlNode *domain)
{
    const xmlNode *parent = domain->parent;
    if (parent->type != XML_ELEMENT_NODE) return 0;
    if (is(parent, "domstatus")) return 1;
    return is(domain, "domain") && is(parent, "domainsnapshot") && has_memory(parent);
}

typedef struct {
    oracle_document *document;
    const scanner *scanner;
    const xmlNode *cpu;
    size_t index, width;
    int is_wrong;
} walker;

/* Elements of the tree and of the tokenizer come in the same order. */
static void walk(walker *w, const xmlNode *node)
{
    if (w->index >= w->scanner->element_count) { w->is_wrong = 1; return; }
    span place = w->scanner->elements[w->index++];
    size_t start = place.start * w->width, end = place.end * w->width;
    oracle_document *d = w->document;
    if (is_domain(node)) {
        d->domains = realloc(d->domains, (d->domain_count + 1) * sizeof *d->domains);
        if (!d->domains) abort();
        d->domains[d->domain_count++] = (oracle_domain){ start, end, 0, 0, is_running(node) };
        w->cpu = child_of(node, "cpu");
    }
    if (node == w->cpu) {
        d->domains[d->domain_count - 1].cpu_start = start;
        d->domains[d->domain_count - 1].cpu_end = end;
    }
    for (const xmlNode *child = next_element(node->children); child && !w->is_wrong; child = next_element(child->next))
        walk(w, child);
}

int oracle_read(const char *bytes, size_t count, oracle_units units, const char *encoding, oracle_document *document)
{
    memset(document, 0, sizeof *document);
    xmlResetLastError();
    xmlDocPtr tree = xmlReadMemory(
        bytes, (int)count, "", encoding, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!tree) {
        const xmlError *error = xmlGetLastError();
        snprintf(document->message, sizeof document->message, "%s", error && error->message ? error->message : "no tree");
        document->message[strcspn(document->message, "\n")] = 0;
        return 0;
    }
    document->tree = tree;
    document->encoding = (const char *)tree->encoding;
    document->has_document_type = tree->intSubset != NULL;
    const xmlNode *root = xmlDocGetRootElement(tree);
    document->kind = is(root, "domain") ? ORACLE_DOMAIN : is(root, "domains") ? ORACLE_LIST
        : is(root, "domstatus") ? ORACLE_RUNNING : is(root, "domainsnapshot") ? ORACLE_SNAPSHOT : ORACLE_OTHER;
    scanner s = scanner_of(bytes, count, units);
    scan(&s);
    walker w = { .document = document, .scanner = &s, .width = units == ORACLE_BYTES ? 1 : 2 };
    walk(&w, root);
    int agrees = !w.is_wrong && w.index == s.element_count;
    free(s.elements);
    if (agrees) return 1;
    oracle_free(document);
    snprintf(document->message, sizeof document->message, "the tree has other elements than the tokenizer");
    return 0;
}

void oracle_free(oracle_document *document)
{
    if (document->tree) xmlFreeDoc(document->tree);
    free(document->domains);
    document->tree = NULL;
    document->domains = NULL;
    document->domain_count = 0;
}

/* ---- Comparing */

static int same_text(const xmlChar *a, const xmlChar *b) { return (!a && !b) || (a && b && xmlStrEqual(a, b)); }

static int same_namespace(const xmlNs *a, const xmlNs *b)
{
    return (!a && !b) || (a && b && same_text(a->href, b->href) && same_text(a->prefix, b->prefix));
}

static int is_blank(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE && (!node->content || !node->content[strspn((const char *)node->content, " \t\r\n")]);
}

/* Past the attributes of <cpu> that say which it is: libvirt finds them by their local names. */
static const xmlAttr *staying(const xmlAttr *attribute, int is_of_cpu)
{
    static const char *const names[] = { "mode", "match", "check", "migratable", "deprecated_features" };
    for (; attribute && is_of_cpu; attribute = attribute->next) {
        size_t i = 0;
        while (i < 5 && strcmp((const char *)attribute->name, names[i])) i++;
        if (i == 5) break;
    }
    return attribute;
}

static int same_attributes(const xmlNode *a, const xmlNode *b, int are_of_cpu)
{
    const xmlAttr *x = a->properties, *y = b->properties;
    for (;; x = x->next, y = y->next) {
        x = staying(x, are_of_cpu);
        y = staying(y, are_of_cpu);
        if (!x || !y) return !x && !y;
        if (!same_text(x->name, y->name) || !same_namespace(x->ns, y->ns)) return 0;
        xmlChar *one = xmlNodeListGetString(a->doc, x->children, 0), *other = xmlNodeListGetString(b->doc, y->children, 0);
        int same = same_text(one, other);
        xmlFree(one);
        xmlFree(other);
        if (!same) return 0;
    }
}

/* Past what may differ among a domain's children. */
static const xmlNode *counting(const xmlNode *node, const xmlNode *cpu, int is_in_domain)
{
    while (node && is_in_domain && (node == cpu || is_blank(node))) node = node->next;
    return node;
}

static int same(const xmlNode *a, const xmlNode *b);

/* Whether a child of <cpu> goes with the CPU that it was. */
static int may_go(const xmlNode *child)
{
    if (is(child, "model") || is(child, "vendor") || is(child, "feature")) return 1;
    if (!is(child, "cache")) return 0;
    xmlChar *mode = xmlGetProp((xmlNode *)child, (const xmlChar *)"mode");
    int is_host = mode && strcmp((const char *)mode, "passthrough") == 0;
    xmlFree(mode);
    return is_host;
}

static int is_text(const xmlNode *node) { return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE; }

static const xmlNode *next_kept(const xmlNode *child)
{
    while (child && (is_text(child) || may_go(child))) child = child->next;
    return child;
}

/* What is written directly in <cpu>, without white space: where an element between two texts goes, they become one. */
static xmlBufferPtr own_text(const xmlNode *cpu)
{
    xmlBufferPtr text = xmlBufferCreate();
    for (const xmlNode *child = cpu ? cpu->children : NULL; child; child = child->next)
        for (const xmlChar *at = is_text(child) ? child->content : NULL; at && *at; at++)
            if (!strchr(" \t\r\n", *at)) xmlBufferAdd(text, at, 1);
    return text;
}

/* Topology, NUMA, caches, comments and what nobody knows stay; NULL for no <cpu>. */
static int same_cpu(const xmlNode *a, const xmlNode *b)
{
    if (a && b && !same_attributes(a, b, 1)) return 0;
    xmlBufferPtr one = own_text(a), other = own_text(b);
    int is_same = xmlStrEqual(xmlBufferContent(one), xmlBufferContent(other));
    xmlBufferFree(one);
    xmlBufferFree(other);
    const xmlNode *x = next_kept(a ? a->children : NULL), *y = next_kept(b ? b->children : NULL);
    for (; is_same && x && y; x = next_kept(x->next), y = next_kept(y->next)) is_same = same(x, y);
    return is_same && !x && !y;
}

static int same(const xmlNode *a, const xmlNode *b)
{
    if (a->type != b->type || !same_text(a->name, b->name)) return 0;
    if (a->type == XML_ENTITY_REF_NODE) return 1;
    if (a->type != XML_ELEMENT_NODE) return a->type == XML_DTD_NODE || same_text(a->content, b->content);
    if (!same_namespace(a->ns, b->ns) || !same_attributes(a, b, 0)) return 0;
    int is_in_domain = is_domain(a);
    const xmlNode *x = a->children, *y = b->children;
    const xmlNode *cpu_a = is_in_domain ? child_of(a, "cpu") : NULL, *cpu_b = is_in_domain ? child_of(b, "cpu") : NULL;
    if (!same_cpu(cpu_a, cpu_b)) return 0;
    for (;;) {
        x = counting(x, cpu_a, is_in_domain);
        y = counting(y, cpu_b, is_in_domain);
        if (!x || !y) return !x && !y;
        if (is_in_domain && x->type == XML_TEXT_NODE && y->type == XML_TEXT_NODE) {
            /* A <cpu> in the middle of text makes two of one: their bytes have been compared. */
            while (x && (x->type == XML_TEXT_NODE || x == cpu_a)) x = x->next;
            while (y && (y->type == XML_TEXT_NODE || y == cpu_b)) y = y->next;
            continue;
        }
        if (!same(x, y)) return 0;
        x = x->next;
        y = y->next;
    }
}

int oracle_same(const oracle_document *a, const oracle_document *b)
{
    const xmlDoc *one = a->tree, *other = b->tree;
    if (!same_text(one->encoding, other->encoding) || !same_text(one->version, other->version)) return 0;
    const xmlNode *x = one->children, *y = other->children;
    for (; x && y; x = x->next, y = y->next)
        if (!same(x, y)) return 0;
    return !x && !y;
}
