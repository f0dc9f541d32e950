/*
 * target: the processor that generated code is for: how long its vectors are, how many it has, and
 * what clang must be told.
 */
#ifndef TARGET_H
#define TARGET_H

#include "base.h"

typedef struct TargetDef {
    const char *name;
    int vector_bytes, registers;
    const char *flags;
    const char *summary;
} TargetDef;

extern const TargetDef targets[];
extern const int target_count;

/* The row with this name; "native" (or NULL) is the processor that runs this. NULL if unknown. */
const TargetDef *find_target(const char *name);

#endif
