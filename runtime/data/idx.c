/*
 * IDX files, the format of MNIST (yann.lecun.com/exdb/mnist): a magic number 00 00 08 RANK, RANK
 * big-endian sizes, then bytes. Images have rank 3 (N, H, W), 4 (N, C, H, W) or 2 (N, W); labels
 * rank 1. Files are read plain or as .gz. Nothing in a file is trusted: memory grows with the
 * bytes that are really there, not with the sizes that the header claims.
 */
#include "../internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { MAX_SIDE = 1 << 16, MAX_COUNT = 1 << 28 };
static const size_t max_bytes = (size_t)1 << 34;

typedef struct IdxFile {
    gzFile file;
    char path[PATH_MAX];
    int rank, dim[4];
} IdxFile;

static bool read_failed(const IdxFile *idx)
{
    int code;
    const char *message = gzerror(idx->file, &code);
    return pg_fail("%s: cannot read: %s", idx->path, code == Z_ERRNO ? strerror(errno) : message);
}

/* Tries the plain name, then the compressed one. */
static bool open_idx(IdxFile *idx, const char *folder, const char *name)
{
    static const char *const suffixes[] = {"", ".gz"};
    for (int i = 0; i < 2; i++) {
        int length = snprintf(idx->path, sizeof idx->path, "%s/%s%s", folder, name, suffixes[i]);
        if (length >= (int)sizeof idx->path)
            return pg_fail("%s: the folder's name is too long", folder);
        idx->file = gzopen(idx->path, "rb");
        if (idx->file)
            return true;
        if (errno != ENOENT)
            return pg_fail("%s: %s", idx->path, strerror(errno));
    }
    return pg_fail("%s: no data file (tried %s and %s.gz)", folder, name, name);
}

static bool read_header(IdxFile *idx, int min_rank, int max_rank)
{
    uint8_t b[4 + 4 * 4];
    int got = gzread(idx->file, b, 4);
    if (got < 0)
        return read_failed(idx);
    if (got < 4)
        return pg_fail("%s: truncated: %d bytes, not even a header", idx->path, got);
    if (b[0] || b[1] || b[2] != 8 || b[3] < min_rank || b[3] > max_rank)
        return pg_fail("%s: bad magic number %02x%02x%02x%02x, want 000008%02x: not an IDX %s file",
                       idx->path, b[0], b[1], b[2], b[3], max_rank == 1 ? 1 : 3,
                       max_rank == 1 ? "label" : "image");
    idx->rank = b[3];
    if (gzread(idx->file, b, 4u * (unsigned)idx->rank) != 4 * idx->rank)
        return pg_fail("%s: truncated in the header", idx->path);
    for (int a = 0; a < idx->rank; a++) {
        uint32_t size = (uint32_t)b[4 * a] << 24 | (uint32_t)b[4 * a + 1] << 16 |
                        (uint32_t)b[4 * a + 2] << 8 | b[4 * a + 3];
        if (size == 0 && a == 0)
            return pg_fail("%s: an empty set: it has no examples", idx->path);
        if (size == 0 || size > (a == 0 ? MAX_COUNT : MAX_SIDE))
            return pg_fail("%s: the header is corrupt: size %u on axis %d", idx->path, size, a);
        idx->dim[a] = (int)size;
    }
    return true;
}

static uint8_t *truncated(const IdxFile *idx, uint8_t *memory, size_t got, size_t want)
{
    free(memory);
    pg_fail("%s: truncated: %zu bytes of data, the header says %zu", idx->path, got, want);
    return NULL;
}

/* Exactly `want` bytes and then the end of the file; NULL after an error. */
static uint8_t *read_body(const IdxFile *idx, size_t want)
{
    size_t got = 0, room = 0;
    uint8_t *memory = NULL;
    while (got < want) {
        if (got == room) {
            room = room ? 4 * room : (size_t)1 << 20;
            room = room > want ? want : room;
            uint8_t *larger = realloc(memory, room);
            if (!larger) {
                free(memory);
                pg_fail("%s: out of memory (%zu bytes)", idx->path, room);
                return NULL;
            }
            memory = larger;
        }
        size_t ask = room - got > (1u << 30) ? 1u << 30 : room - got;
        int n = gzread(idx->file, memory + got, (unsigned)ask);
        if (n < 0) {
            read_failed(idx);
            free(memory);
            return NULL;
        }
        if (n == 0)
            return truncated(idx, memory, got, want);
        got += (size_t)n;
    }
    return memory;
}

/* Reading past the end also makes zlib compare the checksum of a compressed file. */
static bool at_end(const IdxFile *idx, size_t want)
{
    uint8_t extra;
    int n = gzread(idx->file, &extra, 1);
    if (n < 0)
        return read_failed(idx);
    return n == 0 ||
           pg_fail("%s: bytes after the end: the header says %zu bytes of data", idx->path, want);
}

static uint8_t *read_idx(IdxFile *idx, const char *folder, const char *name, int min_rank,
                         int max_rank)
{
    uint8_t *memory = NULL;
    size_t bytes = 1;
    if (!open_idx(idx, folder, name))
        return NULL;
    gzbuffer(idx->file, 1 << 17);
    bool good = read_header(idx, min_rank, max_rank);
    for (int a = 0; good && a < idx->rank; a++)
        if (__builtin_mul_overflow(bytes, (size_t)idx->dim[a], &bytes) || bytes > max_bytes)
            good = pg_fail("%s: the header is corrupt: it claims more than 16 GiB", idx->path);
    if (good)
        memory = read_body(idx, bytes);
    if (memory && !at_end(idx, bytes)) {
        free(memory);
        memory = NULL;
    }
    /* The check sum at a compressed file's end is looked at only now. */
    if (gzclose(idx->file) != Z_OK && memory) {
        pg_fail("%s: truncated: the compressed stream breaks off before its end", idx->path);
        free(memory);
        return NULL;
    }
    return memory;
}

static bool read_images(const char *folder, const char *name, pg_images *images)
{
    IdxFile idx;
    images->pixel = read_idx(&idx, folder, name, 2, 4);
    if (!images->pixel)
        return false;
    images->image_file = strdup(idx.path);
    images->count = idx.dim[0];
    images->channels = idx.rank == 4 ? idx.dim[1] : 1;
    images->height = idx.rank == 2 ? 1 : idx.dim[idx.rank - 2];
    images->width = idx.dim[idx.rank - 1];
    return images->image_file != NULL || pg_fail("out of memory");
}

static bool read_labels(const char *folder, const char *name, pg_images *images)
{
    IdxFile idx;
    images->label = read_idx(&idx, folder, name, 1, 1);
    if (!images->label)
        return false;
    images->label_file = strdup(idx.path);
    if (!images->label_file)
        return pg_fail("out of memory");
    if (idx.dim[0] != images->count)
        return pg_fail("%s: %d labels for the %d images of %s", idx.path, idx.dim[0], images->count,
                       images->image_file);
    return true;
}

bool pg_load_idx(const char *folder, bool test, pg_images *images)
{
    struct stat status;
    *images = (pg_images){0};
    if (stat(folder, &status))
        return pg_fail("%s: data folder: %s", folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return pg_fail("%s: --data needs a folder, this is a file", folder);
    const char *image_name = test ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
    const char *label_name = test ? "t10k-labels-idx1-ubyte" : "train-labels-idx1-ubyte";
    if (read_images(folder, image_name, images) && read_labels(folder, label_name, images))
        return true;
    pg_free_images(images);
    return false;
}
