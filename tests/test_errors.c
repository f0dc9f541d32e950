/*
 * errors: every tests/golden/NAME.lua that has a NAME.err is a mistake. Building it prints exactly
 * that, ends with status 1, and leaves nothing behind.
 */
#include "program.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <glob.h>

enum { MAX_FILES = 500 };

static glob_t find_goldens(void)
{
    glob_t found;
    glob(SOURCE_DIR "/tests/golden/*.err", 0, NULL, &found);
    return found;
}

ParameterizedTestParameters(errors, golden)
{
    static int rows[MAX_FILES];
    glob_t found = find_goldens();
    for (size_t i = 0; i < found.gl_pathc; i++)
        rows[i] = (int)i;
    return cr_make_param_array(int, rows, found.gl_pathc);
}

ParameterizedTest(int *row, errors, golden)
{
    char *path = find_goldens().gl_pathv[*row], *folder = new_folder("error");
    char *name = text_of("%s", strrchr(path, '/') + 1);
    name[strlen(name) - strlen(".err")] = '\0';
    Run r = run_in(SOURCE_DIR "/tests/golden", "'%s' build '%s.lua' -o '%s' --emit-only",
                   PERIGEE_BINARY, name, folder);
    cr_expect(eq(str, r.err, read_text(path, NULL)), "%s", name);
    cr_expect(eq(int, r.status, 1), "%s", name);
    cr_expect(eq(int, count_files(folder), 0), "%s left something in %s", name, folder);
    remove_folder(folder);
}

/* A message without its model file, or the other way round, tests nothing. */
Test(errors, every_message_has_its_model)
{
    glob_t found = find_goldens();
    cr_expect(found.gl_pathc > 40 && found.gl_pathc < MAX_FILES);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *model = text_of("%s", found.gl_pathv[i]);
        memcpy(model + strlen(model) - 3, "lua", 3);
        cr_expect(exists(model), "%s is missing", model);
    }
}
