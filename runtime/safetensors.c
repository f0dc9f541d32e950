/*
 * Writing weights as safetensors (github.com/huggingface/safetensors): 8 bytes header length,
 * a JSON header, then the tensors one after the other. The file holds no time and no machine
 * name: same training, same bytes. It appears under its name complete or not at all.
 */
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors holds little-endian data");

static size_t element_size(const pg_model *model)
{
    return model->is_double ? sizeof(double) : sizeof(float);
}

static void print_tensor(FILE *out, const pg_model *model, const pg_tensor *t, size_t *offset)
{
    size_t end = *offset + (size_t)pg_count(t) * element_size(model);
    fputc(',', out);
    pg_print_json(out, t->name);
    fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[", model->is_double ? "F64" : "F32");
    for (int a = 0; a < t->rank; a++)
        fprintf(out, a ? ",%d" : "%d", t->dim[a]);
    fprintf(out, "],\"data_offsets\":[%zu,%zu]}", *offset, end);
    *offset = end;
}

static bool make_header(pg_writer *writer)
{
    const pg_model *model = writer->model;
    FILE *out = open_memstream(&writer->header, &writer->header_bytes);
    if (!out)
        return pg_fail("out of memory");
    fwrite("\0\0\0\0\0\0\0", 8, 1, out); /* the length, known at the end */
    fprintf(out, "{\"__metadata__\":{\"format\":\"perigee\",\"model\":");
    pg_print_json(out, model->name);
    fputc('}', out);
    for (int i = 0; i < model->n_parameters; i++)
        print_tensor(out, model, &model->parameters[i].value, &writer->body_bytes);
    fputc('}', out);
    while (ftell(out) % 8)
        fputc(' ', out);
    if (fclose(out))
        return pg_fail("out of memory");
    uint64_t length = writer->header_bytes - 8;
    memcpy(writer->header, &length, sizeof length);
    return true;
}

bool pg_open_writer(pg_writer *writer, const pg_model *model, const char *folder)
{
    writer->model = model;
    writer->header = NULL;
    writer->header_bytes = writer->body_bytes = 0;
    size_t room = sizeof writer->temporary;
    snprintf(writer->path, sizeof writer->path, "%s/weights.safetensors", folder);
    int length = snprintf(writer->temporary, room, "%s/weights.safetensors.tmp", folder);
    if ((size_t)length >= room)
        return pg_fail("%s: the folder's name is too long", folder);
    return make_header(writer);
}

void pg_close_writer(pg_writer *writer)
{
    free(writer->header);
    writer->header = NULL;
}

void pg_snapshot(const pg_model *model, void *body)
{
    char *to = body;
    for (int i = 0; i < model->n_parameters; i++) {
        const pg_tensor *t = &model->parameters[i].value;
        pg_gather(t, t->data, model->is_double, to);
        to += (size_t)pg_count(t) * element_size(model);
    }
}

static bool write_all(int file, const char *from, size_t bytes)
{
    while (bytes > 0) {
        ssize_t n = write(file, from, bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        from += n;
        bytes -= (size_t)n;
    }
    return true;
}

bool pg_write_weights(const pg_writer *writer, const void *body)
{
    int file = open(writer->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return pg_fail("cannot write %s: %s", writer->path, strerror(errno));
    bool good = write_all(file, writer->header, writer->header_bytes) &&
                write_all(file, body, writer->body_bytes) && fsync(file) == 0;
    int reason = errno;
    if (close(file) && good) {
        good = false;
        reason = errno;
    }
    if (good && rename(writer->temporary, writer->path)) {
        good = false;
        reason = errno;
    }
    if (good)
        return true;
    unlink(writer->temporary);
    return pg_fail("cannot write %s: %s", writer->path, strerror(reason));
}
