// Access control lists and security labels of files are extended attributes, which Swift's Glibc module leaves out.
#include <sys/xattr.h>
