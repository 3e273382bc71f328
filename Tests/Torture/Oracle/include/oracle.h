/* A second opinion on what virt-cpu reads and writes: libxml2's tree, which virt-cpu does not use for domains, and a
 * tokenizer for well-formed documents that shares nothing with virt-cpu's reader. */
#ifndef TORTURE_ORACLE_H
#define TORTURE_ORACLE_H

#include <stddef.h>

/* How many bytes a code unit has, and in which order. */
typedef enum { ORACLE_BYTES, ORACLE_LITTLE, ORACLE_BIG } oracle_units;

/* Where a document of a stream is over. */
typedef struct {
    size_t end;          /* behind the root's end tag; the length given where the root does not end */
    int has_root, is_complete;
    size_t declaration;  /* of an XML declaration behind other markup of the prolog; 0 for none */
    size_t open_child;   /* of the root's child that is open where the bytes end; 0 for none */
    /* What is refused on purpose; these hold of what is not well-formed too, as far as it is. */
    size_t depth;        /* of elements in elements */
    size_t longest_tag;  /* in bytes; of one that does not end, up to where the bytes do */
    int has_external_subset, declares_entities, declares_attributes, declares_elements, has_instruction_in_type;
    size_t kvms, hypervs, cpus, numas; /* elements with these local names, wherever they stand */
    char encoding[64];   /* as an XML declaration at the first byte has it; empty for none */
} oracle_extent;

/* Tokenizes from the first byte of a document; of one that is not well-formed the answer means nothing. */
oracle_extent oracle_scan(const char *bytes, size_t count, oracle_units units);

typedef enum { ORACLE_OTHER, ORACLE_DOMAIN, ORACLE_LIST, ORACLE_RUNNING, ORACLE_SNAPSHOT } oracle_kind;

/* One definition; cpu_start is cpu_end where it has no <cpu>. Offsets are from the document's first byte. Its memory is in
 * use where it is a <domstatus>'s or that of a snapshot with memory. */
typedef struct { size_t start, end, cpu_start, cpu_end; int is_running; } oracle_domain;

typedef struct {
    void *tree;
    const char *encoding; /* as declared; NULL where it does not say */
    int has_document_type;
    oracle_kind kind;
    size_t domain_count;
    oracle_domain *domains;
    char message[200];   /* why there is no tree */
} oracle_document;

/* Parses one document as a tree, without the network and without entities put in their place.
 * encoding: what it is in, where its own bytes do not say; else NULL. 1: it is well-formed. */
int oracle_read(const char *bytes, size_t count, oracle_units units, const char *encoding, oracle_document *document);
void oracle_free(oracle_document *document);

/* Whether both are the same but for white space between a domain's children and, in its <cpu>, the model, the vendor, the
 * features, a cache that is passed through, and the attributes that say which CPU it is. */
int oracle_same(const oracle_document *a, const oracle_document *b);

/* What libvirt would read of one definition, as lines, to be compared and freed; NULL where libvirt has no tree of it: it reads
 * the bytes as UTF-8, whatever encoding is declared. */
char *oracle_reading(const char *bytes, size_t count);

#endif
