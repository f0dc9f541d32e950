/*
 * target: the processor that generated code is for: how long its vectors are, how many it has, and
 * what clang must be told.
 */
#ifndef TARGET_H
#define TARGET_H

#include "base.h"

typedef struct Target {
    const char *name;
    int vector_bytes, registers;
    const char *flags;
    const char *summary;
} Target;

extern const Target targets[];
extern const int target_count;

/* The row with this name; "native" (or NULL) is the processor that runs this. NULL if unknown. */
const Target *find_target(const char *name);

#endif
