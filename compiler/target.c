/*
 * target: see target.h and target.def.
 */
#include "target.h"

#include <string.h>

const TargetDef targets[] = {
#define TARGET(name, bytes, registers, flags, summary) {name, bytes, registers, flags, summary},
#include "target.def"
#undef TARGET
};
const int target_count = COUNT_OF(targets);

/* The vectors of a known level, and everything else this processor has. */
static const char *native_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return "x86-64-v4";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "x86-64-v3"
                                                                           : "x86-64-v2";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "generic";
#endif
}

static const TargetDef *find_row(const char *name)
{
    for (int i = 0; i < target_count; i++)
        if (!strcmp(targets[i].name, name))
            return &targets[i];
    return NULL;
}

const TargetDef *find_target(const char *name)
{
    static TargetDef native;
    if (name && strcmp(name, "native"))
        return find_row(name);
    native = *find_row(native_level());
    native.name = "native";
    native.flags =
        native.vector_bytes == 64 ? "-march=native -mprefer-vector-width=512" : "-march=native";
    return &native;
}
