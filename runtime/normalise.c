/*
 * From bytes to numbers: the scale and shift that take a pixel to [0, 1] and, when the model asks
 * for it, to mean 0 and deviation 1 per channel over the whole training set.
 */
#include "internal.h"
#include <math.h>

typedef struct Moments {
    uint64_t sum, square;
} Moments;

static Moments channel_moments(const pg_images *images, int channel)
{
    Moments m = {0, 0};
    size_t plane = (size_t)images->height * (size_t)images->width;
    for (int n = 0; n < images->count; n++) {
        size_t start = ((size_t)n * (size_t)images->channels + (size_t)channel) * plane;
        for (size_t i = 0; i < plane; i++) {
            uint32_t x = images->pixel[start + i];
            m.sum += x;
            m.square += x * x;
        }
    }
    return m;
}

void pg_pixel_scale(const pg_images *images, bool normalize, double *scale, double *shift)
{
    double count = (double)images->count * images->height * images->width;
    for (int c = 0; c < images->channels; c++) {
        scale[c] = 1.0 / 255;
        shift[c] = 0;
        if (!normalize)
            continue;
        Moments m = channel_moments(images, c);
        double mean = (double)m.sum / count;
        double variance = (double)m.square / count - mean * mean;
        /* A constant channel carries nothing: it becomes zero instead of a division by zero. */
        scale[c] = variance > 0 ? 1 / sqrt(variance) : 0;
        shift[c] = -mean * scale[c];
    }
}
