/*
 * Digits drawn by the program: every image is a writing variant of its digit, as strokes through
 * control points, each point moved a little, the whole turned, scaled, sheared and shifted, drawn
 * with a pen of random width and pressure, then covered with noise. Image i depends on i alone, so
 * that any part of the set can be drawn by any thread.
 */
#include "../internal.h"
#include <math.h>
#include <string.h>

enum {
    SIDE = 28,
    CLASSES = 10,
    TRAIN_IMAGES = 12000,
    TEST_IMAGES = 2000,
    MAX_POINTS = 24,
    STEPS = 5 /* straight pieces per curve between two control points */
};

/*
 * Control points as pairs of letters, x from a to m (13 columns), y from a to u (21 rows);
 * '/' lifts the pen, a point written twice is a corner.
 */
static const char *const glyphs[CLASSES][4] = {
    {"ga cd ak cr gu kr mk kd ga", "ib de bl ds hu lp lh ic fb", "ja db bi bp eu kr lk kd ga fb",
     "gb cf cp gt kp kf gb"},
    {"ga gu", "cf ha ha hu", "cf ha ha hu hu/cu mu", "ja eu"},
    {"be db ga kc lg il bu bu mu", "bf fa le im ds br dp hs mt", "ba la la bu bu mu",
     "ad eb ib le kj fo as as es mu"},
    {"bd fa kd ji fk fk km lq gu br", "ba la la fi fi kl lq gu as", "cb ib kf fj fj ln ks dt",
     "bc gb jd gi dj dj jk lp ht bs"},
    {"ia an an mn/jg ju", "ja an an mn/ja ju", "ca bk bk lk/kb ju", "db bl fn lk lk/lb iu"},
    {"la ca ca bi bi gh ll lq gu as", "ca bj bj fh ki lo ht du ar/ca ma",
     "lb db db ci ci hi kn ht bt", "ka da ci gh kk kp fu bs"},
    {"ja ef bm cs gu lr km gk cn", "ha ci bp eu jt ko gl cp", "kb fc bk cs hu mp il ck",
     "ea cj bq eu it jo fm bp"},
    {"aa ma ma eu", "aa ma ma eu eu/dk kk", "ad ba ba la la hk fu", "bb fc la la ij gu"},
    {"kd ga cd dh gk kn lr gu br cn gk kh kd", "gj cg db ga kc kg gj/gj bn bs gu ls ln gj",
     "lb fa cd ei jm ks fu br em jh lb", "hj dh dc ha kd jh fl bp dt iu kq hj"},
    {"le ga be cj gk lf lf ku", "le ga be cj gk lf ln ht bt", "kc ea ag ek kg kc kc iu",
     "mc ga bd dj ji mc lk gu"},
};

/* Random numbers of one image, drawn in the order of use. */
typedef struct Draw {
    uint32_t part, image, used;
} Draw;

static float uniform(Draw *draw, float low, float high)
{
    pg_random r = pg_philox(0, PG_STREAM_DIGITS + draw->part, draw->image, draw->used++);
    return low + (high - low) * pg_unit(r.word[0]);
}

/* Close enough to a normal distribution for a shaking hand: the sum of three uniform numbers. */
static float jitter(Draw *draw, float size)
{
    float sum = uniform(draw, -1, 1) + uniform(draw, -1, 1) + uniform(draw, -1, 1);
    return size * sum;
}

typedef struct Point {
    float x, y;
} Point;

typedef struct Pen {
    float ink[SIDE][SIDE]; /* 0 to 1 */
    float radius, pressure;
} Pen;

/* The map from glyph units to pixels. */
typedef struct Affine {
    float xx, xy, yx, yy, x0, y0;
} Affine;

static Affine random_affine(Draw *draw)
{
    float turn = jitter(draw, 0.16f), shear = jitter(draw, 0.18f);
    float size = uniform(draw, 0.68f, 1.08f), wide = size * uniform(draw, 0.75f, 1.30f);
    float c = cosf(turn), s = sinf(turn);
    return (Affine){c * wide,
                    -(s + shear * c) * size,
                    s * wide,
                    (c - shear * s) * size,
                    SIDE / 2.0f + jitter(draw, 1.1f),
                    SIDE / 2.0f + jitter(draw, 1.1f)};
}

static Point apply(const Affine *a, Point p)
{
    p = (Point){p.x - 6, p.y - 10}; /* glyphs turn about their middle */
    return (Point){a->xx * p.x + a->xy * p.y + a->x0, a->yx * p.x + a->yy * p.y + a->y0};
}

static float distance_to_segment(Point p, Point a, Point b)
{
    float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    float t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    dx = a.x + t * dx - p.x;
    dy = a.y + t * dy - p.y;
    return sqrtf(dx * dx + dy * dy);
}

static int pixel_bound(float x)
{
    return x < 0 ? 0 : x > SIDE - 1 ? SIDE - 1 : (int)x;
}

/* A straight piece of a stroke, with a soft edge one pixel wide. */
static void draw_segment(Pen *pen, Point a, Point b)
{
    float reach = pen->radius + 1;
    int left = pixel_bound(fminf(a.x, b.x) - reach), right = pixel_bound(fmaxf(a.x, b.x) + reach);
    int top = pixel_bound(fminf(a.y, b.y) - reach), bottom = pixel_bound(fmaxf(a.y, b.y) + reach);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            Point middle = {(float)x + 0.5f, (float)y + 0.5f};
            float ink = pen->radius + 0.5f - distance_to_segment(middle, a, b);
            ink = ink > 1 ? pen->pressure : ink * pen->pressure;
            if (ink > pen->ink[y][x])
                pen->ink[y][x] = ink;
        }
}

/* The curve of Catmull & Rom 1974 between b and c. */
static Point curve(Point a, Point b, Point c, Point d, float t)
{
    float wa = t * (-1 + t * (2 - t)), wb = 2 + t * t * (-5 + 3 * t);
    float wc = t * (1 + t * (4 - 3 * t)), wd = t * t * (t - 1);
    return (Point){(wa * a.x + wb * b.x + wc * c.x + wd * d.x) / 2,
                   (wa * a.y + wb * b.y + wc * c.y + wd * d.y) / 2};
}

static void draw_stroke(Pen *pen, const Point *p, int n)
{
    for (int i = 0; i + 1 < n; i++) {
        Point before = p[i > 0 ? i - 1 : 0], after = p[i + 2 < n ? i + 2 : n - 1], last = p[i];
        for (int k = 1; k <= STEPS; k++) {
            Point next = curve(before, p[i], p[i + 1], after, (float)k / STEPS);
            draw_segment(pen, last, next);
            last = next;
        }
    }
}

/* Draws a glyph; a corner's two points move together, or it would not be one. */
static void draw_glyph(Pen *pen, Draw *draw, const char *glyph, const Affine *affine, float shake)
{
    Point p[MAX_POINTS];
    int n = 0;
    for (const char *g = glyph; *g; g += 2) {
        bool corner = n > 0 && g[-1] == ' ' && g[0] == g[-3] && g[1] == g[-2];
        float x = (float)(g[0] - 'a'), y = (float)(g[1] - 'a');
        if (corner)
            p[n] = p[n - 1];
        else
            p[n] = apply(affine, (Point){x + jitter(draw, shake), y + jitter(draw, shake)});
        n++;
        if (g[2] == ' ' || g[2] == '/')
            g++;
        if (g[1] == '/' || g[2] == '\0') {
            draw_stroke(pen, p, n);
            n = 0;
        }
    }
}

/* Paper grain everywhere and, on some images, a stray stroke that means nothing. */
static void spoil(Pen *pen, Draw *draw)
{
    float grain = uniform(draw, 0, 0.10f);
    if (uniform(draw, 0, 1) < 0.25f) {
        Point a = {uniform(draw, 0, SIDE), uniform(draw, 0, SIDE)};
        Point b = {a.x + jitter(draw, 2), a.y + jitter(draw, 2)};
        pen->radius = uniform(draw, 0.3f, 0.8f);
        pen->pressure *= uniform(draw, 0.3f, 0.8f);
        draw_segment(pen, a, b);
    }
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            pen->ink[y][x] += jitter(draw, grain);
}

static void draw_image(uint32_t part, uint32_t image, uint8_t pixel[SIDE][SIDE])
{
    Draw draw = {part, image, 0};
    Pen pen = {{{0}}, uniform(&draw, 0.5f, 1.7f), uniform(&draw, 0.65f, 1)};
    Affine affine = random_affine(&draw);
    int variant = (int)uniform(&draw, 0, 4);
    draw_glyph(&pen, &draw, glyphs[image % CLASSES][variant], &affine,
               uniform(&draw, 0.15f, 0.65f));
    spoil(&pen, &draw);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float ink = pen.ink[y][x];
            pixel[y][x] = (uint8_t)(255 * (ink < 0 ? 0 : ink > 1 ? 1 : ink) + 0.5f);
        }
}

bool pg_draw_digits(bool test, int count, pg_images *images)
{
    if (count == 0)
        count = test ? TEST_IMAGES : TRAIN_IMAGES;
    *images = (pg_images){count, 1, SIDE, SIDE, NULL, NULL, NULL, NULL};
    images->pixel = pg_allocate((size_t)count, SIDE * SIDE);
    images->label = pg_allocate((size_t)count, 1);
    uint8_t(*pixel)[SIDE][SIDE] = (uint8_t(*)[SIDE][SIDE])images->pixel; /* (N, H, W) */
#pragma omp parallel for schedule(static)
    for (int n = 0; n < count; n++) {
        draw_image(test, (uint32_t)n, pixel[n]);
        images->label[n] = (uint8_t)(n % CLASSES);
    }
    return true;
}
