/*
 * mnist_convnet: a trainer generated from mnist_convnet.lua by perigee 0.1.0. Do not edit.
 *
 * command     perigee build mnist_convnet.lua
 * batch       100
 * parameters  226880 elements, of them 226464 trained
 * training    42 kernels, arena 3454816 elements (lower bound 3454816)
 * inference   21 kernels, arena 620800 elements (lower bound 620800)
 */
#define PG_LANES 16
#include "pg.h"
#include "pg_vec.h"

/* Parameters, in elements from the start; gradients lie alike. */
enum {
    NET_1_WEIGHT = 0, /* (32, 1, 5, 5) */
    NET_5_WEIGHT = 800, /* (64, 32, 3, 3) */
    NET_10_WEIGHT = 19232, /* (100, 1600) */
    NET_14_WEIGHT = 224032, /* (10, 100) */
    NET_1_BIAS = 225824, /* (32) */
    NET_2_WEIGHT = 225856, /* (32) */
    NET_2_BIAS = 225888, /* (32) */
    NET_5_BIAS = 225920, /* (64) */
    NET_6_WEIGHT = 225984, /* (64) */
    NET_6_BIAS = 226048, /* (64) */
    NET_10_BIAS = 226112, /* (100) */
    NET_11_WEIGHT = 226224, /* (100) */
    NET_11_BIAS = 226336, /* (100) */
    NET_14_BIAS = 226448, /* (10) */
    NET_2_RUNNING_MEAN = 226464, /* (32) */
    NET_2_RUNNING_VAR = 226496, /* (32) */
    NET_6_RUNNING_MEAN = 226528, /* (64) */
    NET_6_RUNNING_VAR = 226592, /* (64) */
    NET_11_RUNNING_MEAN = 226656, /* (100) */
    NET_11_RUNNING_VAR = 226768, /* (100) */
};

/* Training: where activations lie in the arena, and from which kernel to which. */
enum {
    NET_1_ADD = 0, /* (100, 32, 24, 24), kernels 1 to 32 */
    NET_2_CHANNEL_MEAN = 3454752, /* (1, 32, 1, 1), kernels 1 to 37 */
    NET_2_CHANNEL_VARIANCE = 3454784, /* (1, 32, 1, 1), kernels 1 to 38 */
    NET_4_MAXPOOL2D = 2483200, /* (100, 32, 12, 12), kernels 2 to 30 */
    NET_5_ADD = 1843200, /* (100, 64, 10, 10), kernels 3 to 27 */
    NET_6_CHANNEL_MEAN = 3454624, /* (1, 64, 1, 1), kernels 3 to 39 */
    NET_6_CHANNEL_VARIANCE = 3454688, /* (1, 64, 1, 1), kernels 3 to 40 */
    NET_8_MAXPOOL2D = 2944000, /* (100, 64, 5, 5), kernels 4 to 5 */
    NET_9_RESHAPE = 3123200, /* (100, 1600), kernels 5 to 24 */
    NET_10_ADD = 2944000, /* (100, 100), kernels 6 to 21 */
    NET_11_CHANNEL_MEAN = 3454400, /* (1, 100), kernels 7 to 41 */
    NET_11_CHANNEL_VARIANCE = 3454512, /* (1, 100), kernels 7 to 42 */
    NET_13_MUL = 2955200, /* (100, 100), kernels 8 to 18 */
    NET_14_ADD = 2966400, /* (100, 10), kernels 9 to 14 */
    LOG_SOFTMAX = 2968000, /* (100, 10), kernels 10 to 16 */
    REDUCE_SUM = 2969600, /* (100, 1), kernels 11 to 12 */
    MUL = 2969712, /* (1, 1), kernels 12 to 13 */
    ARGMAX = 2969600, /* (100, 1), kernels 14 to 15 */
    MUL_3 = 2968000, /* (100, 10), kernels 16 to 19 */
    NET_14_TRANSPOSE = 2966400, /* (100, 10), kernels 17 to 19 */
    NET_12_WHERE_GT = 3443200, /* (100, 100), kernels 19 to 21 */
    NET_11_MUL = 3443200, /* (100, 100), kernels 21 to 24 */
    NET_10_TRANSPOSE = 2944000, /* (1600, 100), kernels 22 to 23 */
    NET_10_MATMUL = 3283200, /* (100, 1600), kernels 23 to 25 */
    NET_9_RESHAPE_2 = 2944000, /* (100, 64, 5, 5), kernels 25 to 27 */
    NET_6_MUL = 1843200, /* (100, 64, 10, 10), kernels 27 to 30 */
    NET_5_FLIP_WEIGHT = 3404800, /* (32, 64, 3, 3), kernels 28 to 29 */
    NET_5_CONV2D = 2944000, /* (100, 32, 12, 12), kernels 29 to 32 */
    NET_2_MUL = 0, /* (100, 32, 24, 24), kernels 32 to 33 */
};

/* Inference: where activations lie in the arena, and from which kernel to which. */
enum {
    INFER_NET_2_MUL = 0, /* (32), kept */
    INFER_NET_2_SUB = 32, /* (32), kept */
    INFER_NET_2_MUL_2 = 64, /* (32, 1, 5, 5), kept */
    INFER_NET_2_MUL_3 = 864, /* (1, 32, 1, 1), kept */
    INFER_NET_4_MAXPOOL2D = 0, /* (100, 32, 12, 12), kernels 10 to 11 */
    INFER_NET_6_MUL = 896, /* (64), kept */
    INFER_NET_6_SUB = 960, /* (64), kept */
    INFER_NET_6_MUL_2 = 1024, /* (64, 32, 3, 3), kept */
    INFER_NET_6_MUL_3 = 19456, /* (1, 64, 1, 1), kept */
    INFER_NET_8_MAXPOOL2D = 460800, /* (100, 64, 5, 5), kernels 11 to 12 */
    INFER_NET_9_RESHAPE = 0, /* (100, 1600), kernels 12 to 13 */
    INFER_NET_11_MUL = 19520, /* (100), kept */
    INFER_NET_11_SUB = 19632, /* (100), kept */
    INFER_NET_11_MUL_2 = 19744, /* (100, 1600), kept */
    INFER_NET_11_MUL_3 = 224544, /* (1, 100), kept */
    INFER_NET_12_RELU = 160000, /* (100, 100), kernels 13 to 14 */
    INFER_NET_14_ADD = 0, /* (100, 10), kernels 14 to 21 */
    INFER_LOG_SOFTMAX = 1600, /* (100, 10), kernels 15 to 16 */
    INFER_MUL = 3200, /* (100, 1), kernels 16 to 17 */
    INFER_MUL_2 = 1600, /* (1, 1), kernels 17 to 18 */
    INFER_ARGMAX = 1600, /* (100, 1), kernels 19 to 20 */
    INFER_SOFTMAX = 1600, /* (100, 10), kernels 21 to 22 */
};

static real parameters[226896] __attribute__((aligned(64)));
static real gradients[226480] __attribute__((aligned(64)));
static real slot_m[226480] __attribute__((aligned(64)));
static real slot_v[226480] __attribute__((aligned(64)));
static real arena[3454832] __attribute__((aligned(64)));
static real prepared[224672] __attribute__((aligned(64)));
static real train_loss[L], infer_loss[L];
static real train_accuracy[L], infer_accuracy[L];
static const real *input_image; /* (100, 1, 28, 28) */
static const real *input_label; /* (100) */
static pg_clock clock;

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_1_conv2d_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 1, H = 28, W = 28, R = 5, S = 5, TILE = 12, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_BLOCK = 0, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { BLOCK = 1, F_GROUP = 800, F_BLOCK = 800, F_ROW = 160 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_1_weight = parameters + NET_1_WEIGHT; /* (32, 1, 5, 5) */
    const real *restrict net_1_bias = parameters + NET_1_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_1_add = arena + NET_1_ADD; /* (100, 32, 24, 24) */
    const int low = PAD_H - h * STRIDE_H, high = H + low;
    const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;
    const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        for (int r = r0; r < r1; r++) {
            const real *xp = image + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;
            const real *fp = net_1_weight + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;
            NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {
                UNROLL for (int s = 0; s < S; s++) {
                    vec f[KV];
                    UNROLL for (int k = 0; k < kv; k++)
                        f[k] = ld(fp + (s * KV + k) * L);
                    UNROLL for (int i = 0; i < width; i++) {
                        const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;
                        if (column < 0 || column >= W)
                            continue;
                        const vec b = splat(xp[column * X_COLUMN]);
                        UNROLL for (int k = 0; k < kv; k++)
                            acc[i][k] += b * f[k];
                    }
                }
            }
        }
    }
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_1_bias = ld(net_1_bias + (group * KV + k) * 16);
            const vec t_add = acc[i][k] + v_net_1_bias;
            st(net_1_add + n * 18432 + (group * KV + k) * 9216 + h * 384 + (w0 + i) * 16, t_add);
        }
    }
}

/*
 * conv2d + add + channel_mean + channel_variance
 * mnist_convnet.lua:5  net.1
 * 101 MFLOP, 7.69 MB
 */
static void net_1_conv2d(void)
{
    enum { KV = 2 };
    real *restrict net_1_add = arena + NET_1_ADD; /* (100, 32, 24, 24) */
    real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    real *restrict scratch = arena + 1843200;
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        vec shift[KV], sum[KV] = {0}, squares[KV] = {0};
        for (int h = 0; h < 24; h++) {
            net_1_conv2d_tile(0, 12, 2, n, group, h);
            net_1_conv2d_tile(12, 12, 2, n, group, h);
            UNROLL for (int k = 0; k < 2; k++) {
                const real *row = net_1_add + n * 18432 + (group * KV + k) * 9216 + h * 384;
                if (h == 0)
                    shift[k] = ld(row);
                for (int w = 0; w < 24; w++) {
                    const vec d = ld(row + w * 16) - shift[k];
                    sum[k] += d;
                    squares[k] += d * d;
                }
            }
        }
        UNROLL for (int k = 0; k < 2; k++) {
            real *mine = scratch + ((long)n * 2 + group * 2 + k) * 2 * L;
            st(mine, shift[k] + sum[k] * splat(0.0017361111f));
            st(mine + L, squares[k] - sum[k] * sum[k] * splat(0.0017361111f));
        }
    }
    for (int c = 0; c < 2; c++) {
        vec mean = splat(0), squares = splat(0);
        for (int n = 0; n < 100; n++) {
            const real *its = scratch + ((long)n * 2 + c) * 2 * L;
            const vec apart = ld(its) - mean, share = splat(1 / (real)(n + 1));
            squares += ld(its + L) + apart * apart * splat((real)n * 576) * share;
            mean += apart * share;
        }
        st(net_2_channel_mean + c * 16, mean);
        st(net_2_channel_variance + c * 16, squares * splat(1.7361111e-05f));
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d
 * mnist_convnet.lua:5  net.4
 * 11.1 MFLOP, 9.22 MB
 */
static void net_4_maxpool2d(void)
{
    const real *restrict net_1_add = arena + NET_1_ADD; /* (100, 32, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 32, 12, 12) */
    PARALLEL_FOR (unit, 200) {
        const int c = (int)(unit % 2);
        const int n = (int)(unit / 2);
        const vec v_net_2_channel_mean = ld(net_2_channel_mean + c * 16);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance + c * 16);
        const vec t_add = v_net_2_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_2_weight = ld(net_2_weight + c * 16);
        const vec v_net_2_bias = ld(net_2_bias + c * 16);
        for (int h = 0; h < 12; h++) {
            for (int w = 0; w < 12; w++) {
                vec pooled = splat(-INFINITY);
                UNROLL for (int i = 0; i < 2; i++) {
                    UNROLL for (int j = 0; j < 2; j++) {
                        const vec v_net_1_add = ld(net_1_add + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                        const vec t_mul_2 = ((v_net_1_add - v_net_2_channel_mean) * t_rsqrt) * v_net_2_weight;
                        pooled = vmax(pooled, vmax(t_mul_2 + v_net_2_bias, splat(0)));
                    }
                }
                st(net_4_maxpool2d + n * 4608 + c * 2304 + h * 192 + w * 16, pooled);
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_5_conv2d_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 32, H = 12, W = 12, R = 3, S = 3, TILE = 10, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 4608, X_BLOCK = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 9216, F_BLOCK = 4608, F_ROW = 1536 };
    const real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 32, 12, 12) */
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (64, 32, 3, 3) */
    const real *restrict net_5_bias = parameters + NET_5_BIAS; /* (1, 64, 1, 1) */
    real *restrict net_5_add = arena + NET_5_ADD; /* (100, 64, 10, 10) */
    const int low = PAD_H - h * STRIDE_H, high = H + low;
    const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;
    const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        for (int r = r0; r < r1; r++) {
            const real *xp = net_4_maxpool2d + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;
            const real *fp = net_5_weight + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;
            NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {
                UNROLL for (int s = 0; s < S; s++) {
                    vec f[KV];
                    UNROLL for (int k = 0; k < kv; k++)
                        f[k] = ld(fp + (s * KV + k) * L);
                    UNROLL for (int i = 0; i < width; i++) {
                        const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;
                        if (column < 0 || column >= W)
                            continue;
                        const vec b = splat(xp[column * X_COLUMN]);
                        UNROLL for (int k = 0; k < kv; k++)
                            acc[i][k] += b * f[k];
                    }
                }
            }
        }
    }
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_5_bias = ld(net_5_bias + (group * KV + k) * 16);
            const vec t_add = acc[i][k] + v_net_5_bias;
            st(net_5_add + n * 6400 + (group * KV + k) * 1600 + h * 160 + (w0 + i) * 16, t_add);
        }
    }
}

/*
 * conv2d + add + channel_mean + channel_variance
 * mnist_convnet.lua:6  net.5
 * 372 MFLOP, 4.48 MB
 */
static void net_5_conv2d(void)
{
    enum { KV = 2 };
    real *restrict net_5_add = arena + NET_5_ADD; /* (100, 64, 10, 10) */
    real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 64, 1, 1) */
    real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 64, 1, 1) */
    real *restrict scratch = arena + 2944000;
    PARALLEL_FOR (unit, 200) {
        const int group = (int)(unit % 2);
        const int n = (int)(unit / 2);
        vec shift[KV], sum[KV] = {0}, squares[KV] = {0};
        for (int h = 0; h < 10; h++) {
            net_5_conv2d_tile(0, 10, 2, n, group, h);
            UNROLL for (int k = 0; k < 2; k++) {
                const real *row = net_5_add + n * 6400 + (group * KV + k) * 1600 + h * 160;
                if (h == 0)
                    shift[k] = ld(row);
                for (int w = 0; w < 10; w++) {
                    const vec d = ld(row + w * 16) - shift[k];
                    sum[k] += d;
                    squares[k] += d * d;
                }
            }
        }
        UNROLL for (int k = 0; k < 2; k++) {
            real *mine = scratch + ((long)n * 4 + group * 2 + k) * 2 * L;
            st(mine, shift[k] + sum[k] * splat(0.01f));
            st(mine + L, squares[k] - sum[k] * sum[k] * splat(0.01f));
        }
    }
    for (int c = 0; c < 4; c++) {
        vec mean = splat(0), squares = splat(0);
        for (int n = 0; n < 100; n++) {
            const real *its = scratch + ((long)n * 4 + c) * 2 * L;
            const vec apart = ld(its) - mean, share = splat(1 / (real)(n + 1));
            squares += ld(its + L) + apart * apart * splat((real)n * 100) * share;
            mean += apart * share;
        }
        st(net_6_channel_mean + c * 16, mean);
        st(net_6_channel_variance + c * 16, squares * splat(0.0001f));
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d
 * mnist_convnet.lua:6  net.8
 * 3.84 MFLOP, 3.2 MB
 */
static void net_8_maxpool2d(void)
{
    const real *restrict net_5_add = arena + NET_5_ADD; /* (100, 64, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 64, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 64, 1, 1) */
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 64, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 64, 1, 1) */
    real *restrict net_8_maxpool2d = arena + NET_8_MAXPOOL2D; /* (100, 64, 5, 5) */
    PARALLEL_FOR (unit, 400) {
        const int c = (int)(unit % 4);
        const int n = (int)(unit / 4);
        const vec v_net_6_channel_mean = ld(net_6_channel_mean + c * 16);
        const vec v_net_6_channel_variance = ld(net_6_channel_variance + c * 16);
        const vec t_add = v_net_6_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_6_weight = ld(net_6_weight + c * 16);
        const vec v_net_6_bias = ld(net_6_bias + c * 16);
        for (int h = 0; h < 5; h++) {
            for (int w = 0; w < 5; w++) {
                vec pooled = splat(-INFINITY);
                UNROLL for (int i = 0; i < 2; i++) {
                    UNROLL for (int j = 0; j < 2; j++) {
                        const vec v_net_5_add = ld(net_5_add + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                        const vec t_mul_2 = ((v_net_5_add - v_net_6_channel_mean) * t_rsqrt) * v_net_6_weight;
                        pooled = vmax(pooled, vmax(t_mul_2 + v_net_6_bias, splat(0)));
                    }
                }
                st(net_8_maxpool2d + n * 1600 + c * 400 + h * 80 + w * 16, pooled);
            }
        }
    }
}

/*
 * reshape
 * mnist_convnet.lua:7  net.9
 * 0 MFLOP, 1.28 MB
 */
static void net_9_reshape(void)
{
    const real *restrict net_8_maxpool2d = arena + NET_8_MAXPOOL2D; /* (100, 64, 5, 5) */
    real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 1600) */
    PARALLEL_FOR (unit, 160000) {
        const int b = (int)(unit % 1600);
        const int a = (int)(unit / 1600);
        const int i = a * 1600 + b;
        net_9_reshape[(a) * 16L + (b) / 16 * 1600L + (b) % 16 * 1L] = net_8_maxpool2d[(i / 1600) * 1600L + (i / 25 % 64) / 16 * 400L + (i / 25 % 64) % 16 * 1L + (i / 5 % 5) * 80L + (i % 5) * 16L];
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_10_matmul_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 1600, TILE = 13, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 51200 };
    const real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 1600) */
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (100, 1600) */
    const real *restrict net_10_bias = parameters + NET_10_BIAS; /* (1, 100) */
    real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    const real *fp = net_10_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_9_reshape + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_10_bias = ld(net_10_bias + (group * KV + k) * 16);
            st(net_10_add + (n0 + i) * 16 + (group * KV + k) * 1600, acc[i][k] + v_net_10_bias);
        }
    }
}

/*
 * matmul + add
 * mnist_convnet.lua:8  net.10
 * 32 MFLOP, 1.32 MB
 */
static void net_10_matmul(void)
{
    PARALLEL_FOR (unit, 32) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            if (group < 3)
                net_10_matmul_tile(n0, 13, 2, group);
            else
                net_10_matmul_tile(n0, 13, 1, group);
        } else {
            if (group < 3)
                net_10_matmul_tile(n0, 12, 2, group);
            else
                net_10_matmul_tile(n0, 12, 1, group);
        }
    }
}

/*
 * channel_mean + channel_variance
 * mnist_convnet.lua:8  net.11
 * 0.04 MFLOP, 0.0408 MB
 */
static void net_11_channel_mean(void)
{
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (1, 100) */
    real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (1, 100) */
    real *restrict scratch = arena + 2955200;
    PARALLEL_FOR (unit, 35) {
        const int part = (int)(unit % 5);
        const int c = (int)(unit / 5);
        vec sum0 = splat(0);
        vec shift0;
        vec squares0 = splat(0);
        {
            const int n = part * 100 / 5;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            shift0 = v_net_10_add;
        }
        for (int n = part * 100 / 5; n < (part + 1) * 100 / 5; n++) {
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            const vec d0 = v_net_10_add - shift0;
            sum0 += d0;
            squares0 += d0 * d0;
        }
        real *mine = scratch + (((c) * 5 + part) * 4) * L;
        const vec share0 = splat(1 / (real)(((part + 1) * 100 / 5 - part * 100 / 5) * 1));
        st(mine + 0 * L, shift0 + sum0 * share0);
        st(mine + 1 * L, squares0 - sum0 * sum0 * share0);
    }
    for (int c = 0; c < 7; c++) {
        vec mean0 = splat(0);
        vec squares0 = splat(0);
        for (int part = 0, seen = 0; part < 5; part++) {
            const real *its = scratch + (((c) * 5 + part) * 4) * L;
            const int more = ((part + 1) * 100 / 5 - part * 100 / 5) * 1;
            const vec apart = ld(its + 0 * L) - mean0, share = splat((real)more / (real)(seen + more));
            squares0 += ld(its + 1 * L) + apart * apart * splat((real)seen) * share;
            mean0 += apart * share;
            seen += more;
        }
        st(net_11_channel_mean + c * 16, mean0);
        st(net_11_channel_variance + c * 16, squares0 * splat(0.01f));
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + keep_mask + mul
 * mnist_convnet.lua:8  net.13
 * 0.0605 MFLOP, 0.0816 MB
 */
static void net_13_mul(void)
{
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    const real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (1, 100) */
    const real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (1, 100) */
    const real *restrict net_11_weight = parameters + NET_11_WEIGHT; /* (1, 100) */
    const real *restrict net_11_bias = parameters + NET_11_BIAS; /* (1, 100) */
    real *restrict net_13_mul = arena + NET_13_MUL; /* (100, 100) */
    PARALLEL_FOR (unit, 700) {
        const int n = (int)(unit % 100);
        const int c = (int)(unit / 100);
        const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
        const vec v_net_11_channel_mean = ld(net_11_channel_mean + c * 16);
        const vec v_net_11_channel_variance = ld(net_11_channel_variance + c * 16);
        const vec t_mul = (v_net_10_add - v_net_11_channel_mean) * (splat(1) / vsqrt(v_net_11_channel_variance + splat(1e-05f)));
        const vec v_net_11_weight = ld(net_11_weight + c * 16);
        const vec v_net_11_bias = ld(net_11_bias + c * 16);
        const vec t_keep_mask = keep_mask(clock.seed, PG_STREAM_LAYER + 0, clock.step, (uint64_t)((c * 16) + n * 100), 1, 8388608u, 2);
        const vec t_mul_3 = vmax((t_mul * v_net_11_weight) + v_net_11_bias, splat(0)) * t_keep_mask;
        st(net_13_mul + n * 16 + c * 1600, t_mul_3);
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_14_matmul_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 100, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 1792 };
    const real *restrict net_13_mul = arena + NET_13_MUL; /* (100, 100) */
    const real *restrict net_14_weight = parameters + NET_14_WEIGHT; /* (10, 100) */
    const real *restrict net_14_bias = parameters + NET_14_BIAS; /* (1, 10) */
    real *restrict net_14_add = arena + NET_14_ADD; /* (100, 10) */
    const real *fp = net_14_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_13_mul + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_14_bias = ld(net_14_bias + group * 16);
            st(net_14_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_14_bias);
        }
    }
}

/*
 * matmul + add
 * mnist_convnet.lua:9  net.14
 * 0.201 MFLOP, 0.048 MB
 */
static void net_14_matmul(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_14_matmul_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * mnist_convnet.lua:16
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax(void)
{
    const real *restrict net_14_add = arena + NET_14_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_14_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_14_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_14_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum
 * mnist_convnet.lua:16
 * 0.002 MFLOP, 0.0048 MB
 */
static void apply_reduce_sum(void)
{
    const real *restrict label = input_label; /* (100, 1) */
    const real *restrict log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    real *restrict reduce_sum = arena + REDUCE_SUM; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec sum0 = splat(0);
        {
            const vec t_iota = lanes_from(0);
            const vec v_label = splat(label[n]);
            const vec v_log_softmax = ld(log_softmax + n * 16);
            sum0 += first_lanes(veq(t_iota, v_label, v_log_softmax, splat(0)), 10, 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        reduce_sum[n] = whole0[0];
    }
}

/*
 * reduce_sum + mul
 * mnist_convnet.lua:16
 * 0.000101 MFLOP, 0.000404 MB
 */
static void apply_mul(void)
{
    const real *restrict reduce_sum = arena + REDUCE_SUM; /* (100, 1) */
    real *restrict mul = arena + MUL; /* (1, 1) */
    {
        vec sum0 = splat(0);
        for (int n = 0; n < 7; n++) {
            const vec v_reduce_sum = ld_strided(reduce_sum + (n * L), 1, (n * L + L <= 100 ? L : 4));
            sum0 += first_lanes(v_reduce_sum, (n * L + L <= 100 ? L : 4), 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        mul[0] = (whole0 * splat(0.01f))[0];
    }
}

/*
 * neg
 * mnist_convnet.lua:16
 * 1e-06 MFLOP, 8e-06 MB
 */
static void apply_neg(void)
{
    const real *restrict mul = arena + MUL; /* () */
    real *restrict neg = train_loss; /* () */
    {
        const vec v_mul = splat(mul[0]);
        neg[0] = (-v_mul)[0];
    }
}

/*
 * argmax
 * mnist_convnet.lua:17
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax(void)
{
    const real *restrict net_14_add = arena + NET_14_ADD; /* (100, 10) */
    real *restrict argmax = arena + ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_14_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_14_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + reduce_sum + mul
 * mnist_convnet.lua:17
 * 0.000201 MFLOP, 0.000804 MB
 */
static void apply_mul_2(void)
{
    const real *restrict argmax = arena + ARGMAX; /* (100, 1) */
    const real *restrict label = input_label; /* (100, 1) */
    real *restrict mul_2 = train_accuracy; /* (1, 1) */
    {
        vec sum0 = splat(0);
        for (int n = 0; n < 7; n++) {
            const vec v_argmax = ld_strided(argmax + (n * L), 1, (n * L + L <= 100 ? L : 4));
            const vec v_label = ld_strided(label + (n * L), 1, (n * L + L <= 100 ? L : 4));
            sum0 += first_lanes(veq(v_argmax, v_label, splat(1), splat(0)), (n * L + L <= 100 ? L : 4), 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        mul_2[0] = (whole0 * splat(0.01f))[0];
    }
}

/*
 * iota + exp + add + where_eq + mul + reduce_sum
 * mnist_convnet.lua:16
 * 0.024 MFLOP, 0.00844 MB
 */
static void apply_mul_back(void)
{
    const real *restrict label = input_label; /* (100, 1) */
    const real *log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    real *mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_14_reduce_sum = gradients + NET_14_BIAS; /* (1, 10) */
    {
        const vec t_iota = lanes_from(0);
        vec sum0 = splat(0);
        for (int n = 0; n < 100; n++) {
            const vec v_label = splat(label[n]);
            const vec v_log_softmax = ld(log_softmax + n * 16);
            const vec t_exp = vexp(v_log_softmax);
            const vec t_mul = veq(t_iota, v_label, t_exp + splat(-1), t_exp) * splat(0.01f);
            st(mul_3 + n * 16, t_mul);
            sum0 += t_mul;
        }
        const vec whole0 = sum0;
        st(net_14_reduce_sum, whole0);
    }
    memset(gradients + NET_14_BIAS + 10, 0, 6 * sizeof(real)); /* padding */
}

/*
 * transpose
 * mnist_convnet.lua:9  net.14
 * 0 MFLOP, 0.008 MB
 */
static void net_14_transpose_back(void)
{
    const real *restrict net_14_weight = parameters + NET_14_WEIGHT; /* (10, 100) */
    real *restrict net_14_transpose = arena + NET_14_TRANSPOSE; /* (100, 10) */
    for (int a = 0; a < 100; a++) {
        for (int b = 0; b < 10; b++) {
            net_14_transpose[(a) / 32 * 320L + (a) % 32 * 1L + (b) * 32L] = net_14_weight[(b) / 16 * 1792L + (b) % 16 * 1L + (a) * 16L];
        }
    }
}

/* Inputs c0 ... c0 + inputs - 1, kv vectors of features, summed over the batch. */
INLINE void net_14_matmul_dw_back_tile(int c0, const int inputs, const int kv, int group)
{
    enum { N = 100, TILE = 8, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, DY_ROW = 16, DY_BLOCK = 1600 };
    const real *restrict net_13_mul = arena + NET_13_MUL; /* (100, 100) */
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_14_matmul_dw = gradients + NET_14_WEIGHT; /* (10, 100) */
    const real *xp = net_13_mul + c0 / BLOCK * X_BLOCK + c0 % BLOCK * X_CHANNEL;
    const real *dp = mul_3 + group * KV * (long)DY_BLOCK;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    NO_UNROLL for (int n = 0; n < N; n++, xp += X_ROW, dp += DY_ROW) {
        vec d[KV];
        UNROLL for (int k = 0; k < kv; k++)
            d[k] = ld(dp + k * DY_BLOCK);
        UNROLL for (int i = 0; i < inputs; i++) {
            const vec b = splat(xp[i * X_CHANNEL]);
            UNROLL for (int k = 0; k < kv; k++)
                acc[i][k] += b * d[k];
        }
    }
    real *out = net_14_matmul_dw + group * 1792L + c0 / BLOCK * 256L + c0 % BLOCK * KV * L;
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            st(out + (i * KV + k) * L, group * KV + k < 0 ? acc[i][k] : first_lanes(acc[i][k], 10, 0));
    }
}

/*
 * matmul_dw
 * mnist_convnet.lua:9  net.14
 * 0.2 MFLOP, 0.048 MB
 */
static void net_14_matmul_dw_back(void)
{
    PARALLEL_FOR (unit, 13) {
        const int tile = (int)(unit % 13);
        enum { group = 0 };
        if (tile < 12) {
            net_14_matmul_dw_back_tile(tile * 8, 8, 1, group);
        } else {
            net_14_matmul_dw_back_tile(tile * 8, 4, 1, group);
        }
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_14_matmul_back_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 10, TILE = 13, KV = 2, BLOCK = 10 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 320 };
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    const real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (1, 100) */
    const real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (1, 100) */
    const real *restrict net_11_weight = parameters + NET_11_WEIGHT; /* (1, 100) */
    const real *restrict net_11_bias = parameters + NET_11_BIAS; /* (1, 100) */
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    const real *restrict net_14_transpose = arena + NET_14_TRANSPOSE; /* (100, 10) */
    real *restrict net_12_where_gt = arena + NET_12_WHERE_GT; /* (100, 100) */
    const real *fp = net_14_transpose + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = mul_3 + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_10_add = ld(net_10_add + (n0 + i) * 16 + (group * KV + k) * 1600);
            const vec v_net_11_channel_mean = ld(net_11_channel_mean + (group * KV + k) * 16);
            const vec v_net_11_channel_variance = ld(net_11_channel_variance + (group * KV + k) * 16);
            const vec t_mul = (v_net_10_add - v_net_11_channel_mean) * (splat(1) / vsqrt(v_net_11_channel_variance + splat(1e-05f)));
            const vec v_net_11_weight = ld(net_11_weight + (group * KV + k) * 16);
            const vec v_net_11_bias = ld(net_11_bias + (group * KV + k) * 16);
            const vec t_keep_mask = keep_mask(clock.seed, PG_STREAM_LAYER + 0, clock.step, (uint64_t)(((group * KV + k) * 16) + ((n0 + i)) * 100), 1, 8388608u, 2);
            const vec t_where_gt = vgt(vmax((t_mul * v_net_11_weight) + v_net_11_bias, splat(0)), splat(0), acc[i][k] * t_keep_mask, splat(0));
            st(net_12_where_gt + (n0 + i) * 16 + (group * KV + k) * 1600, t_where_gt);
        }
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + matmul + keep_mask + mul + where_gt
 * mnist_convnet.lua:9  net.14
 * 0.271 MFLOP, 0.0896 MB
 */
static void net_14_matmul_back(void)
{
    PARALLEL_FOR (unit, 32) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            if (group < 3)
                net_14_matmul_back_tile(n0, 13, 2, group);
            else
                net_14_matmul_back_tile(n0, 13, 1, group);
        } else {
            if (group < 3)
                net_14_matmul_back_tile(n0, 12, 2, group);
            else
                net_14_matmul_back_tile(n0, 12, 1, group);
        }
    }
}

/*
 * reduce_sum + sub + add + rsqrt + mul + mul + reduce_sum
 * mnist_convnet.lua:8  net.11
 * 0.0505 MFLOP, 0.0816 MB
 */
static void net_11_reduce_sum_back(void)
{
    const real *restrict net_12_where_gt = arena + NET_12_WHERE_GT; /* (100, 100) */
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    const real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (1, 100) */
    const real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (1, 100) */
    real *restrict net_11_reduce_sum = gradients + NET_11_BIAS; /* (1, 100) */
    real *restrict net_11_reduce_sum_2 = gradients + NET_11_WEIGHT; /* (1, 100) */
    real *restrict scratch = arena + 2955200;
    PARALLEL_FOR (unit, 35) {
        const int part = (int)(unit % 5);
        const int c = (int)(unit / 5);
        const vec v_net_11_channel_mean = ld(net_11_channel_mean + c * 16);
        const vec v_net_11_channel_variance = ld(net_11_channel_variance + c * 16);
        const vec t_add = v_net_11_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        vec sum0 = splat(0);
        vec sum1 = splat(0);
        for (int n = part * 100 / 5; n < (part + 1) * 100 / 5; n++) {
            const vec v_net_12_where_gt = ld(net_12_where_gt + n * 16 + c * 1600);
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            const vec t_mul_2 = v_net_12_where_gt * ((v_net_10_add - v_net_11_channel_mean) * t_rsqrt);
            sum0 += v_net_12_where_gt;
            sum1 += t_mul_2;
        }
        real *mine = scratch + (((c) * 5 + part) * 4) * L;
        st(mine + 0 * L, sum0);
        st(mine + 2 * L, sum1);
    }
    for (int c = 0; c < 7; c++) {
        vec sum0 = splat(0);
        for (int part = 0; part < 5; part++)
            sum0 += ld(scratch + (((c) * 5 + part) * 4 + 0) * L);
        vec sum1 = splat(0);
        for (int part = 0; part < 5; part++)
            sum1 += ld(scratch + (((c) * 5 + part) * 4 + 2) * L);
        st(net_11_reduce_sum + c * 16, sum0);
        st(net_11_reduce_sum_2 + c * 16, sum1);
    }
    memset(gradients + NET_11_BIAS + 100, 0, 12 * sizeof(real)); /* padding */
    memset(gradients + NET_11_WEIGHT + 100, 0, 12 * sizeof(real)); /* padding */
}

/*
 * add + rsqrt + mul + mul + sub + sub + mul + mul + mul + sub + mul
 * mnist_convnet.lua:8  net.11
 * 0.0608 MFLOP, 0.122 MB
 */
static void net_11_mul_back(void)
{
    const real *restrict net_11_weight = parameters + NET_11_WEIGHT; /* (1, 100) */
    const real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (1, 100) */
    const real *net_12_where_gt = arena + NET_12_WHERE_GT; /* (100, 100) */
    const real *restrict net_11_reduce_sum = gradients + NET_11_BIAS; /* (1, 100) */
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 100) */
    const real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (1, 100) */
    const real *restrict net_11_reduce_sum_2 = gradients + NET_11_WEIGHT; /* (1, 100) */
    real *net_11_mul = arena + NET_11_MUL; /* (100, 100) */
    PARALLEL_FOR (unit, 700) {
        const int n = (int)(unit % 100);
        const int c = (int)(unit / 100);
        const vec v_net_11_weight = ld(net_11_weight + c * 16);
        const vec v_net_11_channel_variance = ld(net_11_channel_variance + c * 16);
        const vec t_rsqrt = splat(1) / vsqrt(v_net_11_channel_variance + splat(1e-05f));
        const vec v_net_12_where_gt = ld(net_12_where_gt + n * 16 + c * 1600);
        const vec v_net_11_reduce_sum = ld(net_11_reduce_sum + c * 16);
        const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
        const vec v_net_11_channel_mean = ld(net_11_channel_mean + c * 16);
        const vec v_net_11_reduce_sum_2 = ld(net_11_reduce_sum_2 + c * 16);
        const vec t_mul_5 = ((v_net_10_add - v_net_11_channel_mean) * t_rsqrt) * (v_net_11_reduce_sum_2 * splat(0.01f));
        const vec t_sub_3 = (v_net_12_where_gt - (v_net_11_reduce_sum * splat(0.01f))) - t_mul_5;
        st(net_11_mul + n * 16 + c * 1600, (v_net_11_weight * t_rsqrt) * t_sub_3);
    }
}

/*
 * transpose
 * mnist_convnet.lua:8  net.10
 * 0 MFLOP, 1.28 MB
 */
static void net_10_transpose_back(void)
{
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (100, 1600) */
    real *restrict net_10_transpose = arena + NET_10_TRANSPOSE; /* (1600, 100) */
    PARALLEL_FOR (unit, 160000) {
        const int b = (int)(unit % 100);
        const int a = (int)(unit / 100);
        net_10_transpose[(a) / 32 * 3584L + (a) % 32 * 1L + (b) * 32L] = net_10_weight[(b) / 32 * 51200L + (b) % 32 * 1L + (a) * 32L];
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_10_matmul_back_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 100, TILE = 13, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 3584 };
    const real *restrict net_11_mul = arena + NET_11_MUL; /* (100, 100) */
    const real *restrict net_10_transpose = arena + NET_10_TRANSPOSE; /* (1600, 100) */
    real *restrict net_10_matmul = arena + NET_10_MATMUL; /* (100, 1600) */
    const real *fp = net_10_transpose + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_11_mul + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            st(net_10_matmul + (n0 + i) * 16 + (group * KV + k) * 1600, acc[i][k]);
        }
    }
}

/*
 * matmul
 * mnist_convnet.lua:8  net.10
 * 32 MFLOP, 1.32 MB
 */
static void net_10_matmul_back(void)
{
    PARALLEL_FOR (unit, 400) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            net_10_matmul_back_tile(n0, 13, 2, group);
        } else {
            net_10_matmul_back_tile(n0, 12, 2, group);
        }
    }
}

/* Inputs c0 ... c0 + inputs - 1, kv vectors of features, summed over the batch. */
INLINE void net_10_matmul_dw_back_tile(int c0, const int inputs, const int kv, int group)
{
    enum { N = 100, TILE = 8, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, DY_ROW = 16, DY_BLOCK = 1600 };
    const real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 1600) */
    const real *restrict net_11_mul = arena + NET_11_MUL; /* (100, 100) */
    real *restrict net_10_matmul_dw = gradients + NET_10_WEIGHT; /* (100, 1600) */
    const real *xp = net_9_reshape + c0 / BLOCK * X_BLOCK + c0 % BLOCK * X_CHANNEL;
    const real *dp = net_11_mul + group * KV * (long)DY_BLOCK;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    NO_UNROLL for (int n = 0; n < N; n++, xp += X_ROW, dp += DY_ROW) {
        vec d[KV];
        UNROLL for (int k = 0; k < kv; k++)
            d[k] = ld(dp + k * DY_BLOCK);
        UNROLL for (int i = 0; i < inputs; i++) {
            const vec b = splat(xp[i * X_CHANNEL]);
            UNROLL for (int k = 0; k < kv; k++)
                acc[i][k] += b * d[k];
        }
    }
    real *out = net_10_matmul_dw + group * 51200L + c0 / BLOCK * 512L + c0 % BLOCK * KV * L;
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            st(out + (i * KV + k) * L, group * KV + k < 6 ? acc[i][k] : first_lanes(acc[i][k], 4, 0));
    }
}

/*
 * matmul_dw
 * mnist_convnet.lua:8  net.10
 * 32 MFLOP, 1.32 MB
 */
static void net_10_matmul_dw_back(void)
{
    PARALLEL_FOR (unit, 800) {
        const int tile = (int)(unit % 200);
        const int group = (int)(unit / 200);
        if (group < 3)
            net_10_matmul_dw_back_tile(tile * 8, 8, 2, group);
        else
            net_10_matmul_dw_back_tile(tile * 8, 8, 1, group);
    }
}

/*
 * reshape
 * mnist_convnet.lua:7  net.9
 * 0 MFLOP, 1.28 MB
 */
static void net_9_reshape_back(void)
{
    const real *restrict net_10_matmul = arena + NET_10_MATMUL; /* (100, 1600) */
    real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 64, 5, 5) */
    PARALLEL_FOR (unit, 6400) {
        const int b = (int)(unit % 64);
        const int a = (int)(unit / 64);
        for (int c = 0; c < 5; c++) {
            for (int d = 0; d < 5; d++) {
                const int i = ((a * 64 + b) * 5 + c) * 5 + d;
                net_9_reshape_2[(a) * 1600L + (b) / 16 * 400L + (b) % 16 * 1L + (c) * 80L + (d) * 16L] = net_10_matmul[(i / 1600) * 16L + (i % 1600) / 16 * 1600L + (i % 1600) % 16 * 1L];
            }
        }
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum
 * mnist_convnet.lua:6  net.6
 * 6.4 MFLOP, 3.2 MB
 */
static void net_6_reduce_sum_back(void)
{
    const real *restrict net_5_add = arena + NET_5_ADD; /* (100, 64, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 64, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 64, 1, 1) */
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 64, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 64, 1, 1) */
    const real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 64, 5, 5) */
    real *restrict net_6_reduce_sum = gradients + NET_6_BIAS; /* (1, 64, 1, 1) */
    real *restrict net_6_reduce_sum_2 = gradients + NET_6_WEIGHT; /* (1, 64, 1, 1) */
    real *restrict scratch = arena + 3104000;
    PARALLEL_FOR (unit, 32) {
        const int part = (int)(unit % 8);
        const int c = (int)(unit / 8);
        const vec v_net_6_channel_mean = ld(net_6_channel_mean + c * 16);
        const vec v_net_6_channel_variance = ld(net_6_channel_variance + c * 16);
        const vec t_add = v_net_6_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_6_weight = ld(net_6_weight + c * 16);
        const vec v_net_6_bias = ld(net_6_bias + c * 16);
        vec sum0 = splat(0);
        vec sum1 = splat(0);
        for (int n = part * 100 / 8; n < (part + 1) * 100 / 8; n++) {
            for (int h = 0; h < 5; h++) {
                for (int w = 0; w < 5; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_9_reshape_2 = ld(net_9_reshape_2 + n * 1600 + c * 400 + h * 80 + w * 16);
                    const vec slope = v_net_9_reshape_2;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                            sum0 += t_where_gt;
                            sum1 += t_where_gt * t_mul;
                        }
                    }
                }
            }
        }
        real *mine = scratch + (((c) * 8 + part) * 4) * L;
        st(mine + 0 * L, sum0);
        st(mine + 2 * L, sum1);
    }
    for (int c = 0; c < 4; c++) {
        vec sum0 = splat(0);
        for (int part = 0; part < 8; part++)
            sum0 += ld(scratch + (((c) * 8 + part) * 4 + 0) * L);
        vec sum1 = splat(0);
        for (int part = 0; part < 8; part++)
            sum1 += ld(scratch + (((c) * 8 + part) * 4 + 2) * L);
        st(net_6_reduce_sum + c * 16, sum0);
        st(net_6_reduce_sum_2 + c * 16, sum1);
    }
}

/*
 * add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul
 * mnist_convnet.lua:6  net.6
 * 7.04 MFLOP, 5.76 MB
 */
static void net_6_mul_back(void)
{
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 64, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 64, 1, 1) */
    const real *net_5_add = arena + NET_5_ADD; /* (100, 64, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 64, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 64, 1, 1) */
    const real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 64, 5, 5) */
    const real *restrict net_6_reduce_sum = gradients + NET_6_BIAS; /* (1, 64, 1, 1) */
    const real *restrict net_6_reduce_sum_2 = gradients + NET_6_WEIGHT; /* (1, 64, 1, 1) */
    real *net_6_mul = arena + NET_6_MUL; /* (100, 64, 10, 10) */
    PARALLEL_FOR (n, 100) {
        for (int c = 0; c < 4; c++) {
            const vec v_net_6_channel_mean = ld(net_6_channel_mean + c * 16);
            const vec v_net_6_channel_variance = ld(net_6_channel_variance + c * 16);
            const vec t_add = v_net_6_channel_variance + splat(1e-05f);
            const vec t_rsqrt = splat(1) / vsqrt(t_add);
            const vec v_net_6_weight = ld(net_6_weight + c * 16);
            const vec v_net_6_bias = ld(net_6_bias + c * 16);
            const vec v_net_6_reduce_sum = ld(net_6_reduce_sum + c * 16);
            const vec t_mul_4 = v_net_6_reduce_sum * splat(0.0001f);
            const vec v_net_6_reduce_sum_2 = ld(net_6_reduce_sum_2 + c * 16);
            const vec t_mul_5 = v_net_6_reduce_sum_2 * splat(0.0001f);
            const vec t_mul = v_net_6_weight * t_rsqrt;
            for (int h = 0; h < 5; h++) {
                for (int w = 0; w < 5; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_9_reshape_2 = ld(net_9_reshape_2 + n * 1600 + c * 400 + h * 80 + w * 16);
                    const vec slope = v_net_9_reshape_2;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                            st(net_6_mul + n * 6400 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16, t_mul * ((t_where_gt - t_mul_4) - (t_mul_2 * t_mul_5)));
                        }
                    }
                }
            }
        }
    }
}

/*
 * flip_weight
 * mnist_convnet.lua:6  net.5
 * 0 MFLOP, 0.147 MB
 */
static void net_5_flip_weight_back(void)
{
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (64, 32, 3, 3) */
    real *restrict net_5_flip_weight = arena + NET_5_FLIP_WEIGHT; /* (32, 64, 3, 3) */
    PARALLEL_FOR (unit, 2048) {
        const int b = (int)(unit % 64);
        const int a = (int)(unit / 64);
        for (int c = 0; c < 3; c++) {
            for (int d = 0; d < 3; d++) {
                net_5_flip_weight[(a) / 32 * 18432L + (a) % 32 * 1L + (b) / 16 * 4608L + (b) % 16 * 96L + (c) * 1536L + (d) * 32L] = net_5_weight[(b) / 32 * 9216L + (b) % 32 * 1L + (a) / 16 * 4608L + (a) % 16 * 96L + (2 - c) * 1536L + (2 - d) * 32L];
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_5_conv2d_back_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 64, H = 10, W = 10, R = 3, S = 3, TILE = 12, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 2, PAD_W = 2, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 6400, X_BLOCK = 1600, X_CHANNEL = 1, X_ROW = 160, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 18432, F_BLOCK = 4608, F_ROW = 1536 };
    const real *restrict net_6_mul = arena + NET_6_MUL; /* (100, 64, 10, 10) */
    const real *restrict net_5_flip_weight = arena + NET_5_FLIP_WEIGHT; /* (32, 64, 3, 3) */
    real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 32, 12, 12) */
    const int low = PAD_H - h * STRIDE_H, high = H + low;
    const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;
    const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        for (int r = r0; r < r1; r++) {
            const real *xp = net_6_mul + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;
            const real *fp = net_5_flip_weight + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;
            NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {
                UNROLL for (int s = 0; s < S; s++) {
                    vec f[KV];
                    UNROLL for (int k = 0; k < kv; k++)
                        f[k] = ld(fp + (s * KV + k) * L);
                    UNROLL for (int i = 0; i < width; i++) {
                        const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;
                        if (column < 0 || column >= W)
                            continue;
                        const vec b = splat(xp[column * X_COLUMN]);
                        UNROLL for (int k = 0; k < kv; k++)
                            acc[i][k] += b * f[k];
                    }
                }
            }
        }
    }
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            st(net_5_conv2d + n * 4608 + (group * KV + k) * 2304 + h * 192 + (w0 + i) * 16, acc[i][k]);
        }
    }
}

/*
 * conv2d
 * mnist_convnet.lua:6  net.5
 * 531 MFLOP, 4.48 MB
 */
static void net_5_conv2d_back(void)
{
    enum { KV = 2 };
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        for (int h = 0; h < 12; h++) {
            net_5_conv2d_back_tile(0, 12, 2, n, group, h);
        }
    }
}

/* One pixel's contribution; taps outside the image are left out if checked. */
INLINE void net_5_conv2d_dw_back_pixel(vec acc[4][3][2], const real *xp, const real *dp, int w,
    const bool checked, const int channels, const int kv)
{
    enum { H = 12, W = 12, R = 3, S = 3, TILE = 4, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 4608, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { DY_IMAGE = 6400, DY_BLOCK = 1600, DY_ROW = 160, DY_COLUMN = 16 };
    vec d[KV];
    UNROLL for (int k = 0; k < kv; k++)
        d[k] = ld(dp + k * DY_BLOCK + w * DY_COLUMN);
    UNROLL for (int s = 0; s < S; s++) {
        const int column = w * STRIDE_W - PAD_W + s * STEP_W;
        if (checked && (column < 0 || column >= W))
            continue;
        UNROLL for (int c = 0; c < channels; c++) {
            const vec b = splat(xp[column * X_COLUMN + c * X_CHANNEL]);
            UNROLL for (int k = 0; k < kv; k++)
                acc[c][s][k] += b * d[k];
        }
    }
}

/* Channels c0 ..., filter row r, kv vectors of filters, summed over images from ... to - 1. */
INLINE void net_5_conv2d_dw_back_tile(real *out, int from, int to, int group, int c0, int r,
    const int channels, const int kv)
{
    enum { H = 12, W = 12, R = 3, S = 3, TILE = 4, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 4608, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { DY_IMAGE = 6400, DY_BLOCK = 1600, DY_ROW = 160, DY_COLUMN = 16 };
    const real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 32, 12, 12) */
    const real *restrict net_6_mul = arena + NET_6_MUL; /* (100, 64, 10, 10) */
    vec acc[TILE][S][KV];
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                acc[c][s][k] = splat(0);
        }
    }
    for (int n = from; n < to; n++) {
        for (int h = 0; h < 10; h++) {
            const int row = h * STRIDE_H - PAD_H + r * STEP_H;
            if (row < 0 || row >= H)
                continue;
            const real *xp = net_4_maxpool2d + (long)n * X_IMAGE + c0 / 16 * 2304 + c0 % 16 + row * X_ROW;
            const real *dp = net_6_mul + (long)n * DY_IMAGE + group * KV * (long)DY_BLOCK + h * DY_ROW;
            NO_UNROLL for (int w = 0; w < 10; w++)
                net_5_conv2d_dw_back_pixel(acc, xp, dp, w, false, channels, kv);
        }
    }
    real *to_dw = out + group * 9216L + c0 / 16 * 4608L + r * 1536L + c0 % 16 * 96L;
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                st(to_dw + c * 96 + (s * KV + k) * L, acc[c][s][k]);
        }
    }
}

/*
 * conv2d_dw
 * mnist_convnet.lua:6  net.5
 * 369 MFLOP, 4.48 MB
 */
static void net_5_conv2d_dw_back(void)
{
    real *restrict net_5_conv2d_dw = gradients + NET_5_WEIGHT; /* (64, 32, 3, 3) */
    real *restrict scratch = arena + 3404800;
    PARALLEL_FOR (unit, 96) {
        const int r = (int)(unit % 3);
        const int tile = (int)(unit / 3 % 8);
        const int group = (int)(unit / 24 % 2);
        const int part = (int)(unit / 48);
        const int from = part * 100 / 2, to = (part + 1) * 100 / 2;
        real *out = scratch + part * 18432L;
        net_5_conv2d_dw_back_tile(out, from, to, group, tile * 4, r, 4, 2);
    }
    PARALLEL_FOR (block, 1152) {
        const long i = block * (long)L;
        vec sum = ld(scratch + i);
        for (int part = 1; part < 2; part++)
            sum += ld(scratch + part * 18432L + i);
        st(net_5_conv2d_dw + i, sum);
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum
 * mnist_convnet.lua:5  net.2
 * 18.4 MFLOP, 9.22 MB
 */
static void net_2_reduce_sum_back(void)
{
    const real *restrict net_1_add = arena + NET_1_ADD; /* (100, 32, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 32, 12, 12) */
    real *restrict net_2_reduce_sum = gradients + NET_2_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_2_reduce_sum_2 = gradients + NET_2_WEIGHT; /* (1, 32, 1, 1) */
    real *restrict scratch = arena + 1843200;
    PARALLEL_FOR (unit, 32) {
        const int part = (int)(unit % 16);
        const int c = (int)(unit / 16);
        const vec v_net_2_channel_mean = ld(net_2_channel_mean + c * 16);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance + c * 16);
        const vec t_add = v_net_2_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_2_weight = ld(net_2_weight + c * 16);
        const vec v_net_2_bias = ld(net_2_bias + c * 16);
        vec sum0 = splat(0);
        vec sum1 = splat(0);
        for (int n = part * 100 / 16; n < (part + 1) * 100 / 16; n++) {
            for (int h = 0; h < 12; h++) {
                for (int w = 0; w < 12; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_2_weight) + v_net_2_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_5_conv2d = ld(net_5_conv2d + n * 4608 + c * 2304 + h * 192 + w * 16);
                    const vec slope = v_net_5_conv2d;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_2_weight) + v_net_2_bias, splat(0));
                            const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                            sum0 += t_where_gt;
                            sum1 += t_where_gt * t_mul;
                        }
                    }
                }
            }
        }
        real *mine = scratch + (((c) * 16 + part) * 4) * L;
        st(mine + 0 * L, sum0);
        st(mine + 2 * L, sum1);
    }
    for (int c = 0; c < 2; c++) {
        vec sum0 = splat(0);
        for (int part = 0; part < 16; part++)
            sum0 += ld(scratch + (((c) * 16 + part) * 4 + 0) * L);
        vec sum1 = splat(0);
        for (int part = 0; part < 16; part++)
            sum1 += ld(scratch + (((c) * 16 + part) * 4 + 2) * L);
        st(net_2_reduce_sum + c * 16, sum0);
        st(net_2_reduce_sum_2 + c * 16, sum1);
    }
}

/*
 * add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul
 * mnist_convnet.lua:5  net.2
 * 20.3 MFLOP, 16.6 MB
 */
static void net_2_mul_back(void)
{
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *net_1_add = arena + NET_1_ADD; /* (100, 32, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 32, 12, 12) */
    const real *restrict net_2_reduce_sum = gradients + NET_2_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_2_reduce_sum_2 = gradients + NET_2_WEIGHT; /* (1, 32, 1, 1) */
    real *net_2_mul = arena + NET_2_MUL; /* (100, 32, 24, 24) */
    PARALLEL_FOR (n, 100) {
        for (int c = 0; c < 2; c++) {
            const vec v_net_2_channel_mean = ld(net_2_channel_mean + c * 16);
            const vec v_net_2_channel_variance = ld(net_2_channel_variance + c * 16);
            const vec t_add = v_net_2_channel_variance + splat(1e-05f);
            const vec t_rsqrt = splat(1) / vsqrt(t_add);
            const vec v_net_2_weight = ld(net_2_weight + c * 16);
            const vec v_net_2_bias = ld(net_2_bias + c * 16);
            const vec v_net_2_reduce_sum = ld(net_2_reduce_sum + c * 16);
            const vec t_mul_4 = v_net_2_reduce_sum * splat(1.7361111e-05f);
            const vec v_net_2_reduce_sum_2 = ld(net_2_reduce_sum_2 + c * 16);
            const vec t_mul_5 = v_net_2_reduce_sum_2 * splat(1.7361111e-05f);
            const vec t_mul = v_net_2_weight * t_rsqrt;
            for (int h = 0; h < 12; h++) {
                for (int w = 0; w < 12; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_2_weight) + v_net_2_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_5_conv2d = ld(net_5_conv2d + n * 4608 + c * 2304 + h * 192 + w * 16);
                    const vec slope = v_net_5_conv2d;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_2_weight) + v_net_2_bias, splat(0));
                            const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                            st(net_2_mul + n * 18432 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16, t_mul * ((t_where_gt - t_mul_4) - (t_mul_2 * t_mul_5)));
                        }
                    }
                }
            }
        }
    }
}

/* One pixel's contribution; taps outside the image are left out if checked. */
INLINE void net_1_conv2d_dw_back_pixel(vec acc[1][5][2], const real *xp, const real *dp, int w,
    const bool checked, const int channels, const int kv)
{
    enum { H = 28, W = 28, R = 5, S = 5, TILE = 1, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { DY_IMAGE = 18432, DY_BLOCK = 9216, DY_ROW = 384, DY_COLUMN = 16 };
    vec d[KV];
    UNROLL for (int k = 0; k < kv; k++)
        d[k] = ld(dp + k * DY_BLOCK + w * DY_COLUMN);
    UNROLL for (int s = 0; s < S; s++) {
        const int column = w * STRIDE_W - PAD_W + s * STEP_W;
        if (checked && (column < 0 || column >= W))
            continue;
        UNROLL for (int c = 0; c < channels; c++) {
            const vec b = splat(xp[column * X_COLUMN + c * X_CHANNEL]);
            UNROLL for (int k = 0; k < kv; k++)
                acc[c][s][k] += b * d[k];
        }
    }
}

/* Channels c0 ..., filter row r, kv vectors of filters, summed over images from ... to - 1. */
INLINE void net_1_conv2d_dw_back_tile(real *out, int from, int to, int group, int c0, int r,
    const int channels, const int kv)
{
    enum { H = 28, W = 28, R = 5, S = 5, TILE = 1, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { DY_IMAGE = 18432, DY_BLOCK = 9216, DY_ROW = 384, DY_COLUMN = 16 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_2_mul = arena + NET_2_MUL; /* (100, 32, 24, 24) */
    vec acc[TILE][S][KV];
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                acc[c][s][k] = splat(0);
        }
    }
    for (int n = from; n < to; n++) {
        for (int h = 0; h < 24; h++) {
            const int row = h * STRIDE_H - PAD_H + r * STEP_H;
            if (row < 0 || row >= H)
                continue;
            const real *xp = image + (long)n * X_IMAGE + c0 * X_CHANNEL + row * X_ROW;
            const real *dp = net_2_mul + (long)n * DY_IMAGE + group * KV * (long)DY_BLOCK + h * DY_ROW;
            NO_UNROLL for (int w = 0; w < 24; w++)
                net_1_conv2d_dw_back_pixel(acc, xp, dp, w, false, channels, kv);
        }
    }
    real *to_dw = out + group * 800L + c0 / 1 * 800L + r * 160L + c0 % 1 * 160L;
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                st(to_dw + c * 160 + (s * KV + k) * L, acc[c][s][k]);
        }
    }
}

/*
 * conv2d_dw
 * mnist_convnet.lua:5  net.1
 * 92.2 MFLOP, 7.69 MB
 */
static void net_1_conv2d_dw_back(void)
{
    real *restrict net_1_conv2d_dw = gradients + NET_1_WEIGHT; /* (32, 1, 5, 5) */
    real *restrict scratch = arena + 1843200;
    PARALLEL_FOR (unit, 20) {
        const int r = (int)(unit % 5);
        enum { tile = 0 };
        enum { group = 0 };
        const int part = (int)(unit / 5);
        const int from = part * 100 / 4, to = (part + 1) * 100 / 4;
        real *out = scratch + part * 800L;
        net_1_conv2d_dw_back_tile(out, from, to, group, tile * 1, r, 1, 2);
    }
    PARALLEL_FOR (block, 50) {
        const long i = block * (long)L;
        vec sum = ld(scratch + i);
        for (int part = 1; part < 4; part++)
            sum += ld(scratch + part * 800L + i);
        st(net_1_conv2d_dw + i, sum);
    }
}

/*
 * copy
 * mnist_convnet.lua:5  net.1
 * 3.2e-05 MFLOP, 0.000128 MB
 */
static void net_1_broadcast_back(void)
{
    real *restrict net_1_broadcast = gradients + NET_1_BIAS; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        st(net_1_broadcast + i, splat(0));
    }
}

/*
 * copy
 * mnist_convnet.lua:6  net.5
 * 6.4e-05 MFLOP, 0.000256 MB
 */
static void net_5_broadcast_back(void)
{
    real *restrict net_5_broadcast = gradients + NET_5_BIAS; /* (64) */
    for (int block = 0; block < 4; block++) {
        const long i = block * (long)L;
        st(net_5_broadcast + i, splat(0));
    }
}

/*
 * copy
 * mnist_convnet.lua:8  net.10
 * 0.0001 MFLOP, 0.0004 MB
 */
static void net_10_broadcast_back(void)
{
    real *restrict net_10_broadcast = gradients + NET_10_BIAS; /* (100) */
    for (int block = 0; block < 7; block++) {
        const long i = block * (long)L;
        st(net_10_broadcast + i, splat(0));
    }
    memset(gradients + NET_10_BIAS + 100, 0, 12 * sizeof(real)); /* padding */
}

/*
 * mul + mul + add
 * mnist_convnet.lua:5  net.2
 * 9.6e-05 MFLOP, 0.000384 MB
 */
static void net_2_add_update(void)
{
    const real *net_2_running_mean = parameters + NET_2_RUNNING_MEAN; /* (32) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (32) */
    real *net_2_add = parameters + NET_2_RUNNING_MEAN; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_2_running_mean = ld(net_2_running_mean + i);
        const vec v_net_2_channel_mean = ld(net_2_channel_mean + i);
        const vec t_add = (v_net_2_running_mean * splat(0.9f)) + (v_net_2_channel_mean * splat(0.1f));
        st(net_2_add + i, t_add);
    }
}

/*
 * mul + mul + add
 * mnist_convnet.lua:5  net.2
 * 9.6e-05 MFLOP, 0.000384 MB
 */
static void net_2_add_update_2(void)
{
    const real *net_2_running_var = parameters + NET_2_RUNNING_VAR; /* (32) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (32) */
    real *net_2_add_2 = parameters + NET_2_RUNNING_VAR; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_2_running_var = ld(net_2_running_var + i);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance + i);
        const vec t_add = (v_net_2_running_var * splat(0.9f)) + (v_net_2_channel_variance * splat(0.10000174f));
        st(net_2_add_2 + i, t_add);
    }
}

/*
 * mul + mul + add
 * mnist_convnet.lua:6  net.6
 * 0.000192 MFLOP, 0.000768 MB
 */
static void net_6_add_update(void)
{
    const real *net_6_running_mean = parameters + NET_6_RUNNING_MEAN; /* (64) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (64) */
    real *net_6_add = parameters + NET_6_RUNNING_MEAN; /* (64) */
    for (int block = 0; block < 4; block++) {
        const long i = block * (long)L;
        const vec v_net_6_running_mean = ld(net_6_running_mean + i);
        const vec v_net_6_channel_mean = ld(net_6_channel_mean + i);
        const vec t_add = (v_net_6_running_mean * splat(0.9f)) + (v_net_6_channel_mean * splat(0.1f));
        st(net_6_add + i, t_add);
    }
}

/*
 * mul + mul + add
 * mnist_convnet.lua:6  net.6
 * 0.000192 MFLOP, 0.000768 MB
 */
static void net_6_add_update_2(void)
{
    const real *net_6_running_var = parameters + NET_6_RUNNING_VAR; /* (64) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (64) */
    real *net_6_add_2 = parameters + NET_6_RUNNING_VAR; /* (64) */
    for (int block = 0; block < 4; block++) {
        const long i = block * (long)L;
        const vec v_net_6_running_var = ld(net_6_running_var + i);
        const vec v_net_6_channel_variance = ld(net_6_channel_variance + i);
        const vec t_add = (v_net_6_running_var * splat(0.9f)) + (v_net_6_channel_variance * splat(0.10001f));
        st(net_6_add_2 + i, t_add);
    }
}

/*
 * mul + mul + add
 * mnist_convnet.lua:8  net.11
 * 0.0003 MFLOP, 0.0012 MB
 */
static void net_11_add_update(void)
{
    const real *net_11_running_mean = parameters + NET_11_RUNNING_MEAN; /* (100) */
    const real *restrict net_11_channel_mean = arena + NET_11_CHANNEL_MEAN; /* (100) */
    real *net_11_add = parameters + NET_11_RUNNING_MEAN; /* (100) */
    for (int block = 0; block < 7; block++) {
        const long i = block * (long)L;
        const vec v_net_11_running_mean = ld(net_11_running_mean + i);
        const vec v_net_11_channel_mean = ld(net_11_channel_mean + i);
        const vec t_add = (v_net_11_running_mean * splat(0.9f)) + (v_net_11_channel_mean * splat(0.1f));
        st(net_11_add + i, t_add);
    }
    memset(parameters + NET_11_RUNNING_MEAN + 100, 0, 12 * sizeof(real)); /* padding */
}

/*
 * mul + mul + add
 * mnist_convnet.lua:8  net.11
 * 0.0003 MFLOP, 0.0012 MB
 */
static void net_11_add_update_2(void)
{
    const real *net_11_running_var = parameters + NET_11_RUNNING_VAR; /* (100) */
    const real *restrict net_11_channel_variance = arena + NET_11_CHANNEL_VARIANCE; /* (100) */
    real *net_11_add_2 = parameters + NET_11_RUNNING_VAR; /* (100) */
    for (int block = 0; block < 7; block++) {
        const long i = block * (long)L;
        const vec v_net_11_running_var = ld(net_11_running_var + i);
        const vec v_net_11_channel_variance = ld(net_11_channel_variance + i);
        const vec t_add = (v_net_11_running_var * splat(0.9f)) + (v_net_11_channel_variance * splat(0.1010101f));
        st(net_11_add_2 + i, t_add);
    }
    memset(parameters + NET_11_RUNNING_VAR + 100, 0, 12 * sizeof(real)); /* padding */
}

/* adam, elements from ... to - 1 of all arrays: Adam: steps scaled by running moments of the gradient */
static void adam(long from, long to, real *restrict weight, const real *restrict gradient, real *restrict t_m, real *restrict t_v, const real *correction1, const real *correction2,
    const real *t_lr)
{
    PARALLEL_FOR (block, (to - from) / L) {
        const long i = from + block * L;
        const vec v_weight = ld(weight + i);
        const vec v_t_lr = splat(t_lr[0]);
        const vec v_t_m = ld(t_m + i);
        const vec v_gradient = ld(gradient + i);
        const vec t_add = (v_t_m * splat(0.9f)) + (v_gradient * splat(0.1f));
        const vec v_correction1 = splat(correction1[0]);
        const vec v_t_v = ld(t_v + i);
        const vec t_add_2 = (v_t_v * splat(0.999f)) + ((v_gradient * v_gradient) * splat(0.001f));
        const vec v_correction2 = splat(correction2[0]);
        const vec t_div = (t_add * v_correction1) / (vsqrt(t_add_2 * v_correction2) + splat(1e-08f));
        st(weight + i, v_weight - (v_t_lr * t_div));
        st(t_m + i, t_add);
        st(t_v + i, t_add_2);
    }
}

/*
 * add + rsqrt + mul + mul + sub
 * mnist_convnet.lua:5  net.2
 * 0.000256 MFLOP, 0.000768 MB
 */
static void net_2_mul_prepare(void)
{
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (32) */
    const real *restrict net_2_running_var = parameters + NET_2_RUNNING_VAR; /* (32) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (32) */
    const real *restrict net_2_running_mean = parameters + NET_2_RUNNING_MEAN; /* (32) */
    real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (32) */
    real *restrict net_2_sub = prepared + INFER_NET_2_SUB; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_2_weight = ld(net_2_weight + i);
        const vec v_net_2_running_var = ld(net_2_running_var + i);
        const vec t_mul = v_net_2_weight * (splat(1) / vsqrt(v_net_2_running_var + splat(1e-05f)));
        const vec v_net_2_bias = ld(net_2_bias + i);
        const vec v_net_2_running_mean = ld(net_2_running_mean + i);
        st(net_2_mul + i, t_mul);
        st(net_2_sub + i, v_net_2_bias - (v_net_2_running_mean * t_mul));
    }
}

/*
 * mul
 * mnist_convnet.lua:5  net.2
 * 0.0008 MFLOP, 0.00653 MB
 */
static void net_2_mul_prepare_2(void)
{
    const real *restrict net_1_weight = parameters + NET_1_WEIGHT; /* (32, 1, 5, 5) */
    const real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (32, 1, 1, 1) */
    real *restrict net_2_mul_2 = prepared + INFER_NET_2_MUL_2; /* (32, 1, 5, 5) */
    for (int r = 0; r < 5; r++) {
        for (int s = 0; s < 5; s++) {
            for (int kk = 0; kk < 2; kk++) {
                const vec v_net_1_weight = ld(net_1_weight + (kk * L) + r * 160 + s * 32);
                const vec v_net_2_mul = ld(net_2_mul + (kk * L));
                st(net_2_mul_2 + (kk * L) + r * 160 + s * 32, v_net_1_weight * v_net_2_mul);
            }
        }
    }
}

/*
 * mul
 * mnist_convnet.lua:5  net.2
 * 3.2e-05 MFLOP, 0.000384 MB
 */
static void net_2_mul_prepare_3(void)
{
    const real *restrict net_1_bias = parameters + NET_1_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (1, 32, 1, 1) */
    real *restrict net_2_mul_3 = prepared + INFER_NET_2_MUL_3; /* (1, 32, 1, 1) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_1_bias = ld(net_1_bias + i);
        const vec v_net_2_mul = ld(net_2_mul + i);
        st(net_2_mul_3 + i, v_net_1_bias * v_net_2_mul);
    }
}

/*
 * add + rsqrt + mul + mul + sub
 * mnist_convnet.lua:6  net.6
 * 0.000512 MFLOP, 0.00154 MB
 */
static void net_6_mul_prepare(void)
{
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (64) */
    const real *restrict net_6_running_var = parameters + NET_6_RUNNING_VAR; /* (64) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (64) */
    const real *restrict net_6_running_mean = parameters + NET_6_RUNNING_MEAN; /* (64) */
    real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (64) */
    real *restrict net_6_sub = prepared + INFER_NET_6_SUB; /* (64) */
    for (int block = 0; block < 4; block++) {
        const long i = block * (long)L;
        const vec v_net_6_weight = ld(net_6_weight + i);
        const vec v_net_6_running_var = ld(net_6_running_var + i);
        const vec t_mul = v_net_6_weight * (splat(1) / vsqrt(v_net_6_running_var + splat(1e-05f)));
        const vec v_net_6_bias = ld(net_6_bias + i);
        const vec v_net_6_running_mean = ld(net_6_running_mean + i);
        st(net_6_mul + i, t_mul);
        st(net_6_sub + i, v_net_6_bias - (v_net_6_running_mean * t_mul));
    }
}

/*
 * mul
 * mnist_convnet.lua:6  net.6
 * 0.0184 MFLOP, 0.148 MB
 */
static void net_6_mul_prepare_2(void)
{
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (64, 32, 3, 3) */
    const real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (64, 1, 1, 1) */
    real *restrict net_6_mul_2 = prepared + INFER_NET_6_MUL_2; /* (64, 32, 3, 3) */
    PARALLEL_FOR (unit, 4) {
        const int c = (int)(unit % 2);
        const int k = (int)(unit / 2);
        for (int r = 0; r < 3; r++) {
            for (int cc = 0; cc < 16; cc++) {
                for (int s = 0; s < 3; s++) {
                    for (int kk = 0; kk < 2; kk++) {
                        const vec v_net_5_weight = ld(net_5_weight + k * 9216 + (kk * L) + c * 4608 + cc * 96 + r * 1536 + s * 32);
                        const vec v_net_6_mul = ld(net_6_mul + k * 32 + (kk * L));
                        st(net_6_mul_2 + k * 9216 + (kk * L) + c * 4608 + cc * 96 + r * 1536 + s * 32, v_net_5_weight * v_net_6_mul);
                    }
                }
            }
        }
    }
}

/*
 * mul
 * mnist_convnet.lua:6  net.6
 * 6.4e-05 MFLOP, 0.000768 MB
 */
static void net_6_mul_prepare_3(void)
{
    const real *restrict net_5_bias = parameters + NET_5_BIAS; /* (1, 64, 1, 1) */
    const real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (1, 64, 1, 1) */
    real *restrict net_6_mul_3 = prepared + INFER_NET_6_MUL_3; /* (1, 64, 1, 1) */
    for (int block = 0; block < 4; block++) {
        const long i = block * (long)L;
        const vec v_net_5_bias = ld(net_5_bias + i);
        const vec v_net_6_mul = ld(net_6_mul + i);
        st(net_6_mul_3 + i, v_net_5_bias * v_net_6_mul);
    }
}

/*
 * add + rsqrt + mul + mul + sub
 * mnist_convnet.lua:8  net.11
 * 0.0008 MFLOP, 0.0024 MB
 */
static void net_11_mul_prepare(void)
{
    const real *restrict net_11_weight = parameters + NET_11_WEIGHT; /* (100) */
    const real *restrict net_11_running_var = parameters + NET_11_RUNNING_VAR; /* (100) */
    const real *restrict net_11_bias = parameters + NET_11_BIAS; /* (100) */
    const real *restrict net_11_running_mean = parameters + NET_11_RUNNING_MEAN; /* (100) */
    real *restrict net_11_mul = prepared + INFER_NET_11_MUL; /* (100) */
    real *restrict net_11_sub = prepared + INFER_NET_11_SUB; /* (100) */
    for (int block = 0; block < 7; block++) {
        const long i = block * (long)L;
        const vec v_net_11_weight = ld(net_11_weight + i);
        const vec v_net_11_running_var = ld(net_11_running_var + i);
        const vec t_mul = v_net_11_weight * (splat(1) / vsqrt(v_net_11_running_var + splat(1e-05f)));
        const vec v_net_11_bias = ld(net_11_bias + i);
        const vec v_net_11_running_mean = ld(net_11_running_mean + i);
        st(net_11_mul + i, t_mul);
        st(net_11_sub + i, v_net_11_bias - (v_net_11_running_mean * t_mul));
    }
}

/*
 * mul
 * mnist_convnet.lua:8  net.11
 * 0.16 MFLOP, 1.28 MB
 */
static void net_11_mul_prepare_2(void)
{
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (100, 1600) */
    const real *restrict net_11_mul = prepared + INFER_NET_11_MUL; /* (100, 1) */
    real *restrict net_11_mul_2 = prepared + INFER_NET_11_MUL_2; /* (100, 1600) */
    PARALLEL_FOR (unit, 400) {
        const int c = (int)(unit % 100);
        const int k = (int)(unit / 100);
        for (int cc = 0; cc < 16; cc++) {
            for (int kk = 0; kk < 2; kk++) {
                const vec v_net_10_weight = ld(net_10_weight + k * 51200 + (kk * L) + c * 512 + cc * 32);
                const vec v_net_11_mul = ld(net_11_mul + k * 32 + (kk * L));
                st(net_11_mul_2 + k * 51200 + (kk * L) + c * 512 + cc * 32, v_net_10_weight * v_net_11_mul);
            }
        }
    }
}

/*
 * mul
 * mnist_convnet.lua:8  net.11
 * 0.0001 MFLOP, 0.0012 MB
 */
static void net_11_mul_prepare_3(void)
{
    const real *restrict net_10_bias = parameters + NET_10_BIAS; /* (1, 100) */
    const real *restrict net_11_mul = prepared + INFER_NET_11_MUL; /* (1, 100) */
    real *restrict net_11_mul_3 = prepared + INFER_NET_11_MUL_3; /* (1, 100) */
    for (int block = 0; block < 7; block++) {
        const long i = block * (long)L;
        const vec v_net_10_bias = ld(net_10_bias + i);
        const vec v_net_11_mul = ld(net_11_mul + i);
        st(net_11_mul_3 + i, v_net_10_bias * v_net_11_mul);
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_2_conv2d_infer_tile(const int w0, const int width, const int kv, int n, int group, int h, real *restrict row)
{
    enum { C = 1, H = 28, W = 28, R = 5, S = 5, TILE = 12, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_BLOCK = 0, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { BLOCK = 1, F_GROUP = 800, F_BLOCK = 800, F_ROW = 160 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_2_mul_2 = prepared + INFER_NET_2_MUL_2; /* (32, 1, 5, 5) */
    const real *restrict net_2_mul_3 = prepared + INFER_NET_2_MUL_3; /* (1, 32, 1, 1) */
    const real *restrict net_2_sub = prepared + INFER_NET_2_SUB; /* (1, 32, 1, 1) */
    const int low = PAD_H - h * STRIDE_H, high = H + low;
    const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;
    const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        for (int r = r0; r < r1; r++) {
            const real *xp = image + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;
            const real *fp = net_2_mul_2 + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;
            NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {
                UNROLL for (int s = 0; s < S; s++) {
                    vec f[KV];
                    UNROLL for (int k = 0; k < kv; k++)
                        f[k] = ld(fp + (s * KV + k) * L);
                    UNROLL for (int i = 0; i < width; i++) {
                        const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;
                        if (column < 0 || column >= W)
                            continue;
                        const vec b = splat(xp[column * X_COLUMN]);
                        UNROLL for (int k = 0; k < kv; k++)
                            acc[i][k] += b * f[k];
                    }
                }
            }
        }
    }
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_2_mul_3 = ld(net_2_mul_3 + (group * KV + k) * 16);
            const vec v_net_2_sub = ld(net_2_sub + (group * KV + k) * 16);
            st(row + ((w0 + i) * KV + k) * L, vmax((acc[i][k] + v_net_2_mul_3) + v_net_2_sub, splat(0)));
        }
    }
}

/*
 * conv2d + add + add + relu + maxpool2d
 * mnist_convnet.lua:5  net.2
 * 99.5 MFLOP, 2.16 MB
 */
static void net_2_conv2d_infer(void)
{
    enum { KV = 2 };
    real *restrict net_4_maxpool2d = arena + INFER_NET_4_MAXPOOL2D; /* (100, 32, 12, 12) */
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        real rows[2][24 * 2 * L];
        for (int h = 0; h < 12; h++) {
            for (int i = 0; i < 2; i++) {
                net_2_conv2d_infer_tile(0, 12, 2, n, group, h * 2 + i, rows[i]);
                net_2_conv2d_infer_tile(12, 12, 2, n, group, h * 2 + i, rows[i]);
            }
            for (int w = 0; w < 12; w++) {
                UNROLL for (int k = 0; k < 2; k++) {
                    vec pooled = splat(-INFINITY);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v = ld(rows[i] + ((w * 2 + j) * 2 + k) * L);
                            pooled = vmax(pooled, v);
                        }
                    }
                    st(net_4_maxpool2d + n * 4608 + (group * 2 + k) * 2304 + h * 192 + w * 16, pooled);
                }
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_6_conv2d_infer_tile(const int w0, const int width, const int kv, int n, int group, int h, real *restrict row)
{
    enum { C = 32, H = 12, W = 12, R = 3, S = 3, TILE = 10, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 4608, X_BLOCK = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 9216, F_BLOCK = 4608, F_ROW = 1536 };
    const real *restrict net_4_maxpool2d = arena + INFER_NET_4_MAXPOOL2D; /* (100, 32, 12, 12) */
    const real *restrict net_6_mul_2 = prepared + INFER_NET_6_MUL_2; /* (64, 32, 3, 3) */
    const real *restrict net_6_mul_3 = prepared + INFER_NET_6_MUL_3; /* (1, 64, 1, 1) */
    const real *restrict net_6_sub = prepared + INFER_NET_6_SUB; /* (1, 64, 1, 1) */
    const int low = PAD_H - h * STRIDE_H, high = H + low;
    const int r0 = low > 0 ? (low + STEP_H - 1) / STEP_H : 0;
    const int r1 = high < (R - 1) * STEP_H + 1 ? (high + STEP_H - 1) / STEP_H : R;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        for (int r = r0; r < r1; r++) {
            const real *xp = net_4_maxpool2d + (long)n * X_IMAGE + cb * X_BLOCK + (r * STEP_H - low) * X_ROW;
            const real *fp = net_6_mul_2 + group * (long)F_GROUP + cb * F_BLOCK + r * F_ROW;
            NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += S * KV * L) {
                UNROLL for (int s = 0; s < S; s++) {
                    vec f[KV];
                    UNROLL for (int k = 0; k < kv; k++)
                        f[k] = ld(fp + (s * KV + k) * L);
                    UNROLL for (int i = 0; i < width; i++) {
                        const int column = (w0 + i) * STRIDE_W - PAD_W + s * STEP_W;
                        if (column < 0 || column >= W)
                            continue;
                        const vec b = splat(xp[column * X_COLUMN]);
                        UNROLL for (int k = 0; k < kv; k++)
                            acc[i][k] += b * f[k];
                    }
                }
            }
        }
    }
    UNROLL for (int i = 0; i < width; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_6_mul_3 = ld(net_6_mul_3 + (group * KV + k) * 16);
            const vec v_net_6_sub = ld(net_6_sub + (group * KV + k) * 16);
            st(row + ((w0 + i) * KV + k) * L, vmax((acc[i][k] + v_net_6_mul_3) + v_net_6_sub, splat(0)));
        }
    }
}

/*
 * conv2d + add + add + relu + maxpool2d
 * mnist_convnet.lua:6  net.6
 * 371 MFLOP, 2.56 MB
 */
static void net_6_conv2d_infer(void)
{
    enum { KV = 2 };
    real *restrict net_8_maxpool2d = arena + INFER_NET_8_MAXPOOL2D; /* (100, 64, 5, 5) */
    PARALLEL_FOR (unit, 200) {
        const int group = (int)(unit % 2);
        const int n = (int)(unit / 2);
        real rows[2][10 * 2 * L];
        for (int h = 0; h < 5; h++) {
            for (int i = 0; i < 2; i++) {
                net_6_conv2d_infer_tile(0, 10, 2, n, group, h * 2 + i, rows[i]);
            }
            for (int w = 0; w < 5; w++) {
                UNROLL for (int k = 0; k < 2; k++) {
                    vec pooled = splat(-INFINITY);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v = ld(rows[i] + ((w * 2 + j) * 2 + k) * L);
                            pooled = vmax(pooled, v);
                        }
                    }
                    st(net_8_maxpool2d + n * 1600 + (group * 2 + k) * 400 + h * 80 + w * 16, pooled);
                }
            }
        }
    }
}

/*
 * reshape
 * mnist_convnet.lua:7  net.9
 * 0 MFLOP, 1.28 MB
 */
static void net_9_reshape_infer(void)
{
    const real *restrict net_8_maxpool2d = arena + INFER_NET_8_MAXPOOL2D; /* (100, 64, 5, 5) */
    real *restrict net_9_reshape = arena + INFER_NET_9_RESHAPE; /* (100, 1600) */
    PARALLEL_FOR (unit, 160000) {
        const int b = (int)(unit % 1600);
        const int a = (int)(unit / 1600);
        const int i = a * 1600 + b;
        net_9_reshape[(a) * 16L + (b) / 16 * 1600L + (b) % 16 * 1L] = net_8_maxpool2d[(i / 1600) * 1600L + (i / 25 % 64) / 16 * 400L + (i / 25 % 64) % 16 * 1L + (i / 5 % 5) * 80L + (i % 5) * 16L];
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_11_matmul_infer_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 1600, TILE = 13, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 51200 };
    const real *restrict net_9_reshape = arena + INFER_NET_9_RESHAPE; /* (100, 1600) */
    const real *restrict net_11_mul_2 = prepared + INFER_NET_11_MUL_2; /* (100, 1600) */
    const real *restrict net_11_mul_3 = prepared + INFER_NET_11_MUL_3; /* (1, 100) */
    const real *restrict net_11_sub = prepared + INFER_NET_11_SUB; /* (1, 100) */
    real *restrict net_12_relu = arena + INFER_NET_12_RELU; /* (100, 100) */
    const real *fp = net_11_mul_2 + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_9_reshape + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_11_mul_3 = ld(net_11_mul_3 + (group * KV + k) * 16);
            const vec v_net_11_sub = ld(net_11_sub + (group * KV + k) * 16);
            st(net_12_relu + (n0 + i) * 16 + (group * KV + k) * 1600, vmax((acc[i][k] + v_net_11_mul_3) + v_net_11_sub, splat(0)));
        }
    }
}

/*
 * matmul + add + add + relu
 * mnist_convnet.lua:8  net.11
 * 32 MFLOP, 1.32 MB
 */
static void net_11_matmul_infer(void)
{
    PARALLEL_FOR (unit, 32) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            if (group < 3)
                net_11_matmul_infer_tile(n0, 13, 2, group);
            else
                net_11_matmul_infer_tile(n0, 13, 1, group);
        } else {
            if (group < 3)
                net_11_matmul_infer_tile(n0, 12, 2, group);
            else
                net_11_matmul_infer_tile(n0, 12, 1, group);
        }
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_14_matmul_infer_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 100, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 1792 };
    const real *restrict net_12_relu = arena + INFER_NET_12_RELU; /* (100, 100) */
    const real *restrict net_14_weight = parameters + NET_14_WEIGHT; /* (10, 100) */
    const real *restrict net_14_bias = parameters + NET_14_BIAS; /* (1, 10) */
    real *restrict net_14_add = arena + INFER_NET_14_ADD; /* (100, 10) */
    const real *fp = net_14_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_12_relu + n0 * X_ROW + cb * X_BLOCK;
        const int channels = C % BLOCK == 0 || (cb + 1) * BLOCK <= C ? BLOCK : C % BLOCK;
        NO_UNROLL for (int c = 0; c < channels; c++, xp += X_CHANNEL, fp += KV * L) {
            vec f[KV];
            UNROLL for (int k = 0; k < kv; k++)
                f[k] = ld(fp + k * L);
            UNROLL for (int i = 0; i < rows; i++) {
                const vec b = splat(xp[i * X_ROW]);
                UNROLL for (int k = 0; k < kv; k++)
                    acc[i][k] += b * f[k];
            }
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++) {
            const vec v_net_14_bias = ld(net_14_bias + group * 16);
            st(net_14_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_14_bias);
        }
    }
}

/*
 * matmul + add
 * mnist_convnet.lua:9  net.14
 * 0.201 MFLOP, 0.048 MB
 */
static void net_14_matmul_infer(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_14_matmul_infer_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * mnist_convnet.lua:16
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax_infer(void)
{
    const real *restrict net_14_add = arena + INFER_NET_14_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + INFER_LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_14_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_14_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_14_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum + valid_mask + mul
 * mnist_convnet.lua:16
 * 0.0021 MFLOP, 0.0048 MB
 */
static void apply_mul_infer(void)
{
    const real *restrict label = input_label; /* (100, 1) */
    const real *restrict log_softmax = arena + INFER_LOG_SOFTMAX; /* (100, 10) */
    real *restrict mul = arena + INFER_MUL; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec sum0 = splat(0);
        {
            const vec t_iota = lanes_from(0);
            const vec v_label = splat(label[n]);
            const vec v_log_softmax = ld(log_softmax + n * 16);
            sum0 += first_lanes(veq(t_iota, v_label, v_log_softmax, splat(0)), 10, 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        const vec t_valid_mask = vgt(splat((real)clock.valid), splat((real)(n)), splat((real)100 / (real)clock.valid), splat(0));
        mul[n] = (whole0 * t_valid_mask)[0];
    }
}

/*
 * reduce_sum + mul
 * mnist_convnet.lua:16
 * 0.000101 MFLOP, 0.000404 MB
 */
static void apply_mul_infer_2(void)
{
    const real *restrict mul = arena + INFER_MUL; /* (100, 1) */
    real *restrict mul_2 = arena + INFER_MUL_2; /* (1, 1) */
    {
        vec sum0 = splat(0);
        for (int n = 0; n < 7; n++) {
            const vec v_mul = ld_strided(mul + (n * L), 1, (n * L + L <= 100 ? L : 4));
            sum0 += first_lanes(v_mul, (n * L + L <= 100 ? L : 4), 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        mul_2[0] = (whole0 * splat(0.01f))[0];
    }
}

/*
 * neg
 * mnist_convnet.lua:16
 * 1e-06 MFLOP, 8e-06 MB
 */
static void apply_neg_infer(void)
{
    const real *restrict mul_2 = arena + INFER_MUL_2; /* () */
    real *restrict neg = infer_loss; /* () */
    {
        const vec v_mul_2 = splat(mul_2[0]);
        neg[0] = (-v_mul_2)[0];
    }
}

/*
 * argmax
 * mnist_convnet.lua:17
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax_infer(void)
{
    const real *restrict net_14_add = arena + INFER_NET_14_ADD; /* (100, 10) */
    real *restrict argmax = arena + INFER_ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_14_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_14_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + valid_mask + mul + reduce_sum + mul
 * mnist_convnet.lua:17
 * 0.000301 MFLOP, 0.000804 MB
 */
static void apply_mul_infer_3(void)
{
    const real *restrict argmax = arena + INFER_ARGMAX; /* (100, 1) */
    const real *restrict label = input_label; /* (100, 1) */
    real *restrict mul_3 = infer_accuracy; /* (1, 1) */
    {
        vec sum0 = splat(0);
        for (int n = 0; n < 7; n++) {
            const vec v_argmax = ld_strided(argmax + (n * L), 1, (n * L + L <= 100 ? L : 4));
            const vec v_label = ld_strided(label + (n * L), 1, (n * L + L <= 100 ? L : 4));
            const vec t_valid_mask = vgt(splat((real)clock.valid), lanes_from((n * L)), splat((real)100 / (real)clock.valid), splat(0));
            sum0 += first_lanes((veq(v_argmax, v_label, splat(1), splat(0)) * t_valid_mask), (n * L + L <= 100 ? L : 4), 0);
        }
        const vec whole0 = splat(sum_lanes(sum0));
        mul_3[0] = (whole0 * splat(0.01f))[0];
    }
}

/*
 * softmax
 * mnist_convnet.lua:18
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_softmax_infer(void)
{
    const real *restrict net_14_add = arena + INFER_NET_14_ADD; /* (100, 10) */
    real *restrict softmax = arena + INFER_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_14_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_14_add - highest), lanes, 0);
        }
        const vec share = splat(1) / splat(sum_lanes(sum));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_14_add = ld(net_14_add + n * 16 + c * 1600);
            st(softmax + n * 16 + c * 1600, vexp(v_net_14_add - highest) * share);
        }
    }
}

static void forward(void)
{
    net_1_conv2d();
    net_4_maxpool2d();
    net_5_conv2d();
    net_8_maxpool2d();
    net_9_reshape();
    net_10_matmul();
    net_11_channel_mean();
    net_13_mul();
    net_14_matmul();
    apply_log_softmax();
    apply_reduce_sum();
    apply_mul();
    apply_neg();
    apply_argmax();
    apply_mul_2();
}

static void backward(void)
{
    apply_mul_back();
    net_14_transpose_back();
    net_14_matmul_dw_back();
    net_14_matmul_back();
    net_11_reduce_sum_back();
    net_11_mul_back();
    net_10_transpose_back();
    net_10_matmul_back();
    net_10_matmul_dw_back();
    net_9_reshape_back();
    net_6_reduce_sum_back();
    net_6_mul_back();
    net_5_flip_weight_back();
    net_5_conv2d_back();
    net_5_conv2d_dw_back();
    net_2_reduce_sum_back();
    net_2_mul_back();
    net_1_conv2d_dw_back();
    net_1_broadcast_back();
    net_5_broadcast_back();
    net_10_broadcast_back();
}

static void optimize(void)
{
    const real lr = (real)clock.lr;
    const real correction1 = (real)(1 / (1 - pow(0.90000000000000002, clock.step + 1.0)));
    const real correction2 = (real)(1 / (1 - pow(0.999, clock.step + 1.0)));
    adam(0, 226464, parameters, gradients, slot_m, slot_v, &correction1, &correction2, &lr);
}

static void update(void)
{
    net_2_add_update();
    net_2_add_update_2();
    net_6_add_update();
    net_6_add_update_2();
    net_11_add_update();
    net_11_add_update_2();
    optimize();
}

static void prepare(void)
{
    net_2_mul_prepare();
    net_2_mul_prepare_2();
    net_2_mul_prepare_3();
    net_6_mul_prepare();
    net_6_mul_prepare_2();
    net_6_mul_prepare_3();
    net_11_mul_prepare();
    net_11_mul_prepare_2();
    net_11_mul_prepare_3();
}

static void infer(void)
{
    net_2_conv2d_infer();
    net_6_conv2d_infer();
    net_9_reshape_infer();
    net_11_matmul_infer();
    net_14_matmul_infer();
    apply_log_softmax_infer();
    apply_mul_infer();
    apply_mul_infer_2();
    apply_neg_infer();
    apply_argmax_infer();
    apply_mul_infer_3();
    apply_softmax_infer();
}

static const pg_stream streams[] = {
    {"mnist", 0, 10000, 1, 28, 28, 10, false},
};
static const pg_input inputs[] = {
    {{"image", 4, {100, 1, 28, 28}, {1, 1, 1, 1}, {784, 784, 28, 1}, {0, 0, 0, 0}, 78400, NULL}, (void **)&input_image, 0, 'i'},
    {{"label", 1, {100}, {1}, {1}, {0}, 112, NULL}, (void **)&input_label, 0, 'l'},
};
static const pg_parameter parameter_table[] = {
    {{"net.1.weight", 4, {32, 1, 5, 5}, {32, 1, 1, 1}, {800, 800, 160, 32}, {1, 160, 0, 0}, 800, parameters + NET_1_WEIGHT},
      gradients + NET_1_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 25, 800},
    {{"net.5.weight", 4, {64, 32, 3, 3}, {32, 16, 1, 1}, {9216, 4608, 1536, 32}, {1, 96, 0, 0}, 18432, parameters + NET_5_WEIGHT},
      gradients + NET_5_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 288, 576},
    {{"net.10.weight", 2, {100, 1600}, {32, 16}, {51200, 512}, {1, 32}, 204800, parameters + NET_10_WEIGHT},
      gradients + NET_10_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 1600, 100},
    {{"net.14.weight", 2, {10, 100}, {16, 16}, {1792, 256}, {1, 16}, 1792, parameters + NET_14_WEIGHT},
      gradients + NET_14_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 100, 10},
    {{"net.1.bias", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_1_BIAS},
      gradients + NET_1_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.weight", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_WEIGHT},
      gradients + NET_2_WEIGHT, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.2.bias", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_BIAS},
      gradients + NET_2_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.5.bias", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_5_BIAS},
      gradients + NET_5_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.6.weight", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_WEIGHT},
      gradients + NET_6_WEIGHT, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.6.bias", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_BIAS},
      gradients + NET_6_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.10.bias", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_10_BIAS},
      gradients + NET_10_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.11.weight", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_WEIGHT},
      gradients + NET_11_WEIGHT, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.11.bias", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_BIAS},
      gradients + NET_11_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.14.bias", 1, {10}, {1}, {1}, {0}, 16, parameters + NET_14_BIAS},
      gradients + NET_14_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.running_mean", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_RUNNING_MEAN},
      NULL, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.running_var", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_RUNNING_VAR},
      NULL, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.6.running_mean", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_RUNNING_MEAN},
      NULL, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.6.running_var", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_RUNNING_VAR},
      NULL, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.11.running_mean", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_RUNNING_MEAN},
      NULL, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.11.running_var", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_RUNNING_VAR},
      NULL, PG_INIT_CONSTANT, 1, 0, 1, 1},
};
static const pg_slot slots[] = {
    {"m", 226464, slot_m},
    {"v", 226464, slot_v},
};
static const pg_scalar scalars[] = {
    {"loss", train_loss, infer_loss},
    {"accuracy", train_accuracy, infer_accuracy},
};
static const pg_tensor outputs[] = {
    {"probability", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};
static const pg_tensor tensors[] = {
    {"net.1", 4, {100, 32, 24, 24}, {1, 16, 1, 1}, {18432, 9216, 384, 16}, {0, 1, 0, 0}, 1843200, arena + NET_1_ADD},
    {"net.2", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, arena + NET_2_CHANNEL_MEAN},
    {"net.2", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, arena + NET_2_CHANNEL_VARIANCE},
    {"net.4", 4, {100, 32, 12, 12}, {1, 16, 1, 1}, {4608, 2304, 192, 16}, {0, 1, 0, 0}, 460800, arena + NET_4_MAXPOOL2D},
    {"net.5", 4, {100, 64, 10, 10}, {1, 16, 1, 1}, {6400, 1600, 160, 16}, {0, 1, 0, 0}, 640000, arena + NET_5_ADD},
    {"net.6", 4, {1, 64, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 64, arena + NET_6_CHANNEL_MEAN},
    {"net.6", 4, {1, 64, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 64, arena + NET_6_CHANNEL_VARIANCE},
    {"net.8", 4, {100, 64, 5, 5}, {1, 16, 1, 1}, {1600, 400, 80, 16}, {0, 1, 0, 0}, 160000, arena + NET_8_MAXPOOL2D},
    {"net.9", 2, {100, 1600}, {1, 16}, {16, 1600}, {0, 1}, 160000, arena + NET_9_RESHAPE},
    {"net.10", 2, {100, 100}, {1, 16}, {16, 1600}, {0, 1}, 11200, arena + NET_10_ADD},
    {"net.11", 2, {1, 100}, {1, 16}, {16, 16}, {0, 1}, 112, arena + NET_11_CHANNEL_MEAN},
    {"net.11", 2, {1, 100}, {1, 16}, {16, 16}, {0, 1}, 112, arena + NET_11_CHANNEL_VARIANCE},
    {"net.13", 2, {100, 100}, {1, 16}, {16, 1600}, {0, 1}, 11200, arena + NET_13_MUL},
    {"net.14", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + NET_14_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + LOG_SOFTMAX},
    {"reduce_sum", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + REDUCE_SUM},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + MUL},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, train_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, train_accuracy},
    {"mul", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + MUL_3},
    {"net.14", 2, {1, 10}, {1, 16}, {16, 16}, {0, 1}, 16, gradients + NET_14_BIAS},
    {"net.14", 2, {100, 10}, {32, 10}, {320, 320}, {1, 32}, 1280, arena + NET_14_TRANSPOSE},
    {"net.14", 2, {10, 100}, {16, 16}, {1792, 256}, {1, 16}, 1792, gradients + NET_14_WEIGHT},
    {"net.12", 2, {100, 100}, {1, 16}, {16, 1600}, {0, 1}, 11200, arena + NET_12_WHERE_GT},
    {"net.11", 2, {1, 100}, {1, 16}, {16, 16}, {0, 1}, 112, gradients + NET_11_BIAS},
    {"net.11", 2, {1, 100}, {1, 16}, {16, 16}, {0, 1}, 112, gradients + NET_11_WEIGHT},
    {"net.11", 2, {100, 100}, {1, 16}, {16, 1600}, {0, 1}, 11200, arena + NET_11_MUL},
    {"net.10", 2, {1600, 100}, {32, 16}, {3584, 512}, {1, 32}, 179200, arena + NET_10_TRANSPOSE},
    {"net.10", 2, {100, 1600}, {1, 16}, {16, 1600}, {0, 1}, 160000, arena + NET_10_MATMUL},
    {"net.10", 2, {100, 1600}, {32, 16}, {51200, 512}, {1, 32}, 204800, gradients + NET_10_WEIGHT},
    {"net.9", 4, {100, 64, 5, 5}, {1, 16, 1, 1}, {1600, 400, 80, 16}, {0, 1, 0, 0}, 160000, arena + NET_9_RESHAPE_2},
    {"net.6", 4, {1, 64, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 64, gradients + NET_6_BIAS},
    {"net.6", 4, {1, 64, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 64, gradients + NET_6_WEIGHT},
    {"net.6", 4, {100, 64, 10, 10}, {1, 16, 1, 1}, {6400, 1600, 160, 16}, {0, 1, 0, 0}, 640000, arena + NET_6_MUL},
    {"net.5", 4, {32, 64, 3, 3}, {32, 16, 1, 1}, {18432, 4608, 1536, 32}, {1, 96, 0, 0}, 18432, arena + NET_5_FLIP_WEIGHT},
    {"net.5", 4, {100, 32, 12, 12}, {1, 16, 1, 1}, {4608, 2304, 192, 16}, {0, 1, 0, 0}, 460800, arena + NET_5_CONV2D},
    {"net.5", 4, {64, 32, 3, 3}, {32, 16, 1, 1}, {9216, 4608, 1536, 32}, {1, 96, 0, 0}, 18432, gradients + NET_5_WEIGHT},
    {"net.2", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, gradients + NET_2_BIAS},
    {"net.2", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, gradients + NET_2_WEIGHT},
    {"net.2", 4, {100, 32, 24, 24}, {1, 16, 1, 1}, {18432, 9216, 384, 16}, {0, 1, 0, 0}, 1843200, arena + NET_2_MUL},
    {"net.1", 4, {32, 1, 5, 5}, {32, 1, 1, 1}, {800, 800, 160, 32}, {1, 160, 0, 0}, 800, gradients + NET_1_WEIGHT},
    {"net.1", 1, {32}, {1}, {1}, {0}, 32, gradients + NET_1_BIAS},
    {"net.5", 1, {64}, {1}, {1}, {0}, 64, gradients + NET_5_BIAS},
    {"net.10", 1, {100}, {1}, {1}, {0}, 112, gradients + NET_10_BIAS},
    {"net.2", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_RUNNING_MEAN},
    {"net.2", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_2_RUNNING_VAR},
    {"net.6", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_RUNNING_MEAN},
    {"net.6", 1, {64}, {1}, {1}, {0}, 64, parameters + NET_6_RUNNING_VAR},
    {"net.11", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_RUNNING_MEAN},
    {"net.11", 1, {100}, {1}, {1}, {0}, 112, parameters + NET_11_RUNNING_VAR},
    {"net.2", 1, {32}, {1}, {1}, {0}, 32, prepared + INFER_NET_2_MUL},
    {"net.2", 1, {32}, {1}, {1}, {0}, 32, prepared + INFER_NET_2_SUB},
    {"net.2", 4, {32, 1, 5, 5}, {32, 1, 1, 1}, {800, 800, 160, 32}, {1, 160, 0, 0}, 800, prepared + INFER_NET_2_MUL_2},
    {"net.2", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, prepared + INFER_NET_2_MUL_3},
    {"net.6", 1, {64}, {1}, {1}, {0}, 64, prepared + INFER_NET_6_MUL},
    {"net.6", 1, {64}, {1}, {1}, {0}, 64, prepared + INFER_NET_6_SUB},
    {"net.6", 4, {64, 32, 3, 3}, {32, 16, 1, 1}, {9216, 4608, 1536, 32}, {1, 96, 0, 0}, 18432, prepared + INFER_NET_6_MUL_2},
    {"net.6", 4, {1, 64, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 64, prepared + INFER_NET_6_MUL_3},
    {"net.11", 1, {100}, {1}, {1}, {0}, 112, prepared + INFER_NET_11_MUL},
    {"net.11", 1, {100}, {1}, {1}, {0}, 112, prepared + INFER_NET_11_SUB},
    {"net.11", 2, {100, 1600}, {32, 16}, {51200, 512}, {1, 32}, 204800, prepared + INFER_NET_11_MUL_2},
    {"net.11", 2, {1, 100}, {1, 16}, {16, 16}, {0, 1}, 112, prepared + INFER_NET_11_MUL_3},
    {"net.4", 4, {100, 32, 12, 12}, {1, 16, 1, 1}, {4608, 2304, 192, 16}, {0, 1, 0, 0}, 460800, arena + INFER_NET_4_MAXPOOL2D},
    {"net.8", 4, {100, 64, 5, 5}, {1, 16, 1, 1}, {1600, 400, 80, 16}, {0, 1, 0, 0}, 160000, arena + INFER_NET_8_MAXPOOL2D},
    {"net.9", 2, {100, 1600}, {1, 16}, {16, 1600}, {0, 1}, 160000, arena + INFER_NET_9_RESHAPE},
    {"net.12", 2, {100, 100}, {1, 16}, {16, 1600}, {0, 1}, 11200, arena + INFER_NET_12_RELU},
    {"net.14", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_NET_14_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_LOG_SOFTMAX},
    {"mul", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_MUL},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + INFER_MUL_2},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, infer_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, infer_accuracy},
    {"softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};

static const pg_kernel kernels[] = {
    {"net_1_conv2d", "conv2d + add + channel_mean + channel_variance", "mnist_convnet.lua:5", PG_FORWARD, 101376000, 7689984, net_1_conv2d, 0, 3},
    {"net_4_maxpool2d", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d", "mnist_convnet.lua:5", PG_FORWARD, 11059360, 9216512, net_4_maxpool2d, 3, 1},
    {"net_5_conv2d", "conv2d + add + channel_mean + channel_variance", "mnist_convnet.lua:6", PG_FORWARD, 371840000, 4477696, net_5_conv2d, 4, 3},
    {"net_8_maxpool2d", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d", "mnist_convnet.lua:6", PG_FORWARD, 3840320, 3201024, net_8_maxpool2d, 7, 1},
    {"net_9_reshape", "reshape", "mnist_convnet.lua:7", PG_FORWARD, 0, 1280000, net_9_reshape, 8, 1},
    {"net_10_matmul", "matmul + add", "mnist_convnet.lua:8", PG_FORWARD, 32010000, 1320400, net_10_matmul, 9, 1},
    {"net_11_channel_mean", "channel_mean + channel_variance", "mnist_convnet.lua:8", PG_FORWARD, 40000, 40800, net_11_channel_mean, 10, 2},
    {"net_13_mul", "sub + add + rsqrt + mul + mul + add + relu + keep_mask + mul", "mnist_convnet.lua:8", PG_FORWARD, 60500, 81600, net_13_mul, 12, 1},
    {"net_14_matmul", "matmul + add", "mnist_convnet.lua:9", PG_FORWARD, 201000, 48040, net_14_matmul, 13, 1},
    {"apply_log_softmax", "log_softmax", "mnist_convnet.lua:16", PG_FORWARD, 24000, 8000, apply_log_softmax, 14, 1},
    {"apply_reduce_sum", "iota + where_eq + reduce_sum", "mnist_convnet.lua:16", PG_FORWARD, 2000, 4800, apply_reduce_sum, 15, 1},
    {"apply_mul", "reduce_sum + mul", "mnist_convnet.lua:16", PG_FORWARD, 101, 404, apply_mul, 16, 1},
    {"apply_neg", "neg", "mnist_convnet.lua:16", PG_FORWARD, 1, 8, apply_neg, 17, 1},
    {"apply_argmax", "argmax", "mnist_convnet.lua:17", PG_FORWARD, 1000, 4400, apply_argmax, 18, 1},
    {"apply_mul_2", "where_eq + reduce_sum + mul", "mnist_convnet.lua:17", PG_FORWARD, 201, 804, apply_mul_2, 19, 1},
    {"apply_mul_back", "iota + exp + add + where_eq + mul + reduce_sum", "mnist_convnet.lua:16", PG_BACKWARD, 24000, 8440, apply_mul_back, 20, 2},
    {"net_14_transpose_back", "transpose", "mnist_convnet.lua:9", PG_BACKWARD, 0, 8000, net_14_transpose_back, 22, 1},
    {"net_14_matmul_dw_back", "matmul_dw", "mnist_convnet.lua:9", PG_BACKWARD, 200000, 48000, net_14_matmul_dw_back, 23, 1},
    {"net_14_matmul_back", "sub + add + rsqrt + mul + mul + add + relu + matmul + keep_mask + mul + where_gt", "mnist_convnet.lua:9", PG_BACKWARD, 270500, 89600, net_14_matmul_back, 24, 1},
    {"net_11_reduce_sum_back", "reduce_sum + sub + add + rsqrt + mul + mul + reduce_sum", "mnist_convnet.lua:8", PG_BACKWARD, 50500, 81600, net_11_reduce_sum_back, 25, 2},
    {"net_11_mul_back", "add + rsqrt + mul + mul + sub + sub + mul + mul + mul + sub + mul", "mnist_convnet.lua:8", PG_BACKWARD, 60800, 122000, net_11_mul_back, 27, 1},
    {"net_10_transpose_back", "transpose", "mnist_convnet.lua:8", PG_BACKWARD, 0, 1280000, net_10_transpose_back, 28, 1},
    {"net_10_matmul_back", "matmul", "mnist_convnet.lua:8", PG_BACKWARD, 32000000, 1320000, net_10_matmul_back, 29, 1},
    {"net_10_matmul_dw_back", "matmul_dw", "mnist_convnet.lua:8", PG_BACKWARD, 32000000, 1320000, net_10_matmul_dw_back, 30, 1},
    {"net_9_reshape_back", "reshape", "mnist_convnet.lua:7", PG_BACKWARD, 0, 1280000, net_9_reshape_back, 31, 1},
    {"net_6_reduce_sum_back", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum", "mnist_convnet.lua:6", PG_BACKWARD, 6400320, 3201536, net_6_reduce_sum_back, 32, 2},
    {"net_6_mul_back", "add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul", "mnist_convnet.lua:6", PG_BACKWARD, 7040512, 5761536, net_6_mul_back, 34, 1},
    {"net_5_flip_weight_back", "flip_weight", "mnist_convnet.lua:6", PG_BACKWARD, 0, 147456, net_5_flip_weight_back, 35, 1},
    {"net_5_conv2d_back", "conv2d", "mnist_convnet.lua:6", PG_BACKWARD, 530841600, 4476928, net_5_conv2d_back, 36, 1},
    {"net_5_conv2d_dw_back", "conv2d_dw", "mnist_convnet.lua:6", PG_BACKWARD, 368640000, 4476928, net_5_conv2d_dw_back, 37, 1},
    {"net_2_reduce_sum_back", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum", "mnist_convnet.lua:5", PG_BACKWARD, 18432160, 9216768, net_2_reduce_sum_back, 38, 2},
    {"net_2_mul_back", "add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul", "mnist_convnet.lua:5", PG_BACKWARD, 20275456, 16589568, net_2_mul_back, 40, 1},
    {"net_1_conv2d_dw_back", "conv2d_dw", "mnist_convnet.lua:5", PG_BACKWARD, 92160000, 7689600, net_1_conv2d_dw_back, 41, 1},
    {"net_1_broadcast_back", "copy", "mnist_convnet.lua:5", PG_BACKWARD, 32, 128, net_1_broadcast_back, 42, 1},
    {"net_5_broadcast_back", "copy", "mnist_convnet.lua:6", PG_BACKWARD, 64, 256, net_5_broadcast_back, 43, 1},
    {"net_10_broadcast_back", "copy", "mnist_convnet.lua:8", PG_BACKWARD, 100, 400, net_10_broadcast_back, 44, 1},
    {"net_2_add_update", "mul + mul + add", "mnist_convnet.lua:5", PG_UPDATE, 96, 384, net_2_add_update, 45, 1},
    {"net_2_add_update_2", "mul + mul + add", "mnist_convnet.lua:5", PG_UPDATE, 96, 384, net_2_add_update_2, 46, 1},
    {"net_6_add_update", "mul + mul + add", "mnist_convnet.lua:6", PG_UPDATE, 192, 768, net_6_add_update, 47, 1},
    {"net_6_add_update_2", "mul + mul + add", "mnist_convnet.lua:6", PG_UPDATE, 192, 768, net_6_add_update_2, 48, 1},
    {"net_11_add_update", "mul + mul + add", "mnist_convnet.lua:8", PG_UPDATE, 300, 1200, net_11_add_update, 49, 1},
    {"net_11_add_update_2", "mul + mul + add", "mnist_convnet.lua:8", PG_UPDATE, 300, 1200, net_11_add_update_2, 50, 1},
    {"adam", "adam", "", PG_UPDATE, 3623424, 6340992, optimize, 0, 0},
    {"net_2_mul_prepare", "add + rsqrt + mul + mul + sub", "mnist_convnet.lua:5", PG_PREPARE, 256, 768, net_2_mul_prepare, 51, 2},
    {"net_2_mul_prepare_2", "mul", "mnist_convnet.lua:5", PG_PREPARE, 800, 6528, net_2_mul_prepare_2, 53, 1},
    {"net_2_mul_prepare_3", "mul", "mnist_convnet.lua:5", PG_PREPARE, 32, 384, net_2_mul_prepare_3, 54, 1},
    {"net_6_mul_prepare", "add + rsqrt + mul + mul + sub", "mnist_convnet.lua:6", PG_PREPARE, 512, 1536, net_6_mul_prepare, 55, 2},
    {"net_6_mul_prepare_2", "mul", "mnist_convnet.lua:6", PG_PREPARE, 18432, 147712, net_6_mul_prepare_2, 57, 1},
    {"net_6_mul_prepare_3", "mul", "mnist_convnet.lua:6", PG_PREPARE, 64, 768, net_6_mul_prepare_3, 58, 1},
    {"net_11_mul_prepare", "add + rsqrt + mul + mul + sub", "mnist_convnet.lua:8", PG_PREPARE, 800, 2400, net_11_mul_prepare, 59, 2},
    {"net_11_mul_prepare_2", "mul", "mnist_convnet.lua:8", PG_PREPARE, 160000, 1280400, net_11_mul_prepare_2, 61, 1},
    {"net_11_mul_prepare_3", "mul", "mnist_convnet.lua:8", PG_PREPARE, 100, 1200, net_11_mul_prepare_3, 62, 1},
    {"net_2_conv2d_infer", "conv2d + add + add + relu + maxpool2d", "mnist_convnet.lua:5", PG_INFER, 99532800, 2160256, net_2_conv2d_infer, 63, 1},
    {"net_6_conv2d_infer", "conv2d + add + add + relu + maxpool2d", "mnist_convnet.lua:6", PG_INFER, 371200000, 2557440, net_6_conv2d_infer, 64, 1},
    {"net_9_reshape_infer", "reshape", "mnist_convnet.lua:7", PG_INFER, 0, 1280000, net_9_reshape_infer, 65, 1},
    {"net_11_matmul_infer", "matmul + add + add + relu", "mnist_convnet.lua:8", PG_INFER, 32030000, 1320800, net_11_matmul_infer, 66, 1},
    {"net_14_matmul_infer", "matmul + add", "mnist_convnet.lua:9", PG_INFER, 201000, 48040, net_14_matmul_infer, 67, 1},
    {"apply_log_softmax_infer", "log_softmax", "mnist_convnet.lua:16", PG_INFER, 24000, 8000, apply_log_softmax_infer, 68, 1},
    {"apply_mul_infer", "iota + where_eq + reduce_sum + valid_mask + mul", "mnist_convnet.lua:16", PG_INFER, 2100, 4800, apply_mul_infer, 69, 1},
    {"apply_mul_infer_2", "reduce_sum + mul", "mnist_convnet.lua:16", PG_INFER, 101, 404, apply_mul_infer_2, 70, 1},
    {"apply_neg_infer", "neg", "mnist_convnet.lua:16", PG_INFER, 1, 8, apply_neg_infer, 71, 1},
    {"apply_argmax_infer", "argmax", "mnist_convnet.lua:17", PG_INFER, 1000, 4400, apply_argmax_infer, 72, 1},
    {"apply_mul_infer_3", "where_eq + valid_mask + mul + reduce_sum + mul", "mnist_convnet.lua:17", PG_INFER, 301, 804, apply_mul_infer_3, 73, 1},
    {"apply_softmax_infer", "softmax", "mnist_convnet.lua:18", PG_INFER, 24000, 8000, apply_softmax_infer, 74, 1},
};
static const pg_rule rules[] = {
    {PG_RULE_DECAY, 3, 0.40000000000000002},
};

/* The graph as its author wrote it; selftest differentiates and evaluates it anew. */
static const char text[] =
    "graph train batch 100 streams 0\n"
    "%0 = input() {stream=0, field=image, shape=100 1 28 28} \"digits.image\" @mnist_convnet.lua:2 : (100, 1, 28, 28)\n"
    "%1 = parameter() {shape=32 1 5 5, init=he_normal 0 0, trained=true, fan_in=25, fan_out=800} \"net.1.weight\" @mnist_convnet.lua:5 : (32, 1, 5, 5)\n"
    "%2 = parameter() {shape=32, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.1.bias\" @mnist_convnet.lua:5 : (32)\n"
    "%3 = conv2d(%0, %1, %2) {filters=32, kernel=5 5, stride=1 1, pad=0 0, dilation=1 1, groups=1, bias=true, init=he_normal 0 0, bias_init=constant 0 0, shape=} \"net.1\" @mnist_convnet.lua:5 : (100, 32, 24, 24)\n"
    "%4 = parameter() {shape=32, init=constant 1 0, trained=true, fan_in=1, fan_out=1} \"net.2.weight\" @mnist_convnet.lua:5 : (32)\n"
    "%5 = parameter() {shape=32, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.2.bias\" @mnist_convnet.lua:5 : (32)\n"
    "%6 = parameter() {shape=32, init=constant 0 0, trained=false, fan_in=1, fan_out=1} \"net.2.running_mean\" @mnist_convnet.lua:5 : (32)\n"
    "%7 = parameter() {shape=32, init=constant 1 0, trained=false, fan_in=1, fan_out=1} \"net.2.running_var\" @mnist_convnet.lua:5 : (32)\n"
    "%8 = batchnorm(%3, %4, %5, %6, %7) {affine=affine, momentum=0.10000000000000001, eps=1.0000000000000001e-05} \"net.2\" @mnist_convnet.lua:5 : (100, 32, 24, 24)\n"
    "%9 = relu(%8) \"net.3\" @mnist_convnet.lua:5 : (100, 32, 24, 24)\n"
    "%10 = maxpool2d(%9) {kernel=2 2, stride=0 0, pad=0 0, shape=} \"net.4\" @mnist_convnet.lua:5 : (100, 32, 12, 12)\n"
    "%11 = parameter() {shape=64 32 3 3, init=he_normal 0 0, trained=true, fan_in=288, fan_out=576} \"net.5.weight\" @mnist_convnet.lua:6 : (64, 32, 3, 3)\n"
    "%12 = parameter() {shape=64, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.5.bias\" @mnist_convnet.lua:6 : (64)\n"
    "%13 = conv2d(%10, %11, %12) {filters=64, kernel=3 3, stride=1 1, pad=0 0, dilation=1 1, groups=1, bias=true, init=he_normal 0 0, bias_init=constant 0 0, shape=} \"net.5\" @mnist_convnet.lua:6 : (100, 64, 10, 10)\n"
    "%14 = parameter() {shape=64, init=constant 1 0, trained=true, fan_in=1, fan_out=1} \"net.6.weight\" @mnist_convnet.lua:6 : (64)\n"
    "%15 = parameter() {shape=64, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.6.bias\" @mnist_convnet.lua:6 : (64)\n"
    "%16 = parameter() {shape=64, init=constant 0 0, trained=false, fan_in=1, fan_out=1} \"net.6.running_mean\" @mnist_convnet.lua:6 : (64)\n"
    "%17 = parameter() {shape=64, init=constant 1 0, trained=false, fan_in=1, fan_out=1} \"net.6.running_var\" @mnist_convnet.lua:6 : (64)\n"
    "%18 = batchnorm(%13, %14, %15, %16, %17) {affine=affine, momentum=0.10000000000000001, eps=1.0000000000000001e-05} \"net.6\" @mnist_convnet.lua:6 : (100, 64, 10, 10)\n"
    "%19 = relu(%18) \"net.7\" @mnist_convnet.lua:6 : (100, 64, 10, 10)\n"
    "%20 = maxpool2d(%19) {kernel=2 2, stride=0 0, pad=0 0, shape=} \"net.8\" @mnist_convnet.lua:6 : (100, 64, 5, 5)\n"
    "%21 = flatten(%20) \"net.9\" @mnist_convnet.lua:7 : (100, 1600)\n"
    "%22 = parameter() {shape=100 1600, init=he_normal 0 0, trained=true, fan_in=1600, fan_out=100} \"net.10.weight\" @mnist_convnet.lua:8 : (100, 1600)\n"
    "%23 = parameter() {shape=100, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.10.bias\" @mnist_convnet.lua:8 : (100)\n"
    "%24 = linear(%21, %22, %23) {features=100, bias=true, init=he_normal 0 0, bias_init=constant 0 0} \"net.10\" @mnist_convnet.lua:8 : (100, 100)\n"
    "%25 = parameter() {shape=100, init=constant 1 0, trained=true, fan_in=1, fan_out=1} \"net.11.weight\" @mnist_convnet.lua:8 : (100)\n"
    "%26 = parameter() {shape=100, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.11.bias\" @mnist_convnet.lua:8 : (100)\n"
    "%27 = parameter() {shape=100, init=constant 0 0, trained=false, fan_in=1, fan_out=1} \"net.11.running_mean\" @mnist_convnet.lua:8 : (100)\n"
    "%28 = parameter() {shape=100, init=constant 1 0, trained=false, fan_in=1, fan_out=1} \"net.11.running_var\" @mnist_convnet.lua:8 : (100)\n"
    "%29 = batchnorm(%24, %25, %26, %27, %28) {affine=affine, momentum=0.10000000000000001, eps=1.0000000000000001e-05} \"net.11\" @mnist_convnet.lua:8 : (100, 100)\n"
    "%30 = relu(%29) \"net.12\" @mnist_convnet.lua:8 : (100, 100)\n"
    "%31 = dropout(%30) {p=0.5, when=train} \"net.13\" @mnist_convnet.lua:8 : (100, 100)\n"
    "%32 = parameter() {shape=10 100, init=he_normal 0 0, trained=true, fan_in=100, fan_out=10} \"net.14.weight\" @mnist_convnet.lua:9 : (10, 100)\n"
    "%33 = parameter() {shape=10, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.14.bias\" @mnist_convnet.lua:9 : (10)\n"
    "%34 = linear(%31, %32, %33) {features=10, bias=true, init=he_normal 0 0, bias_init=constant 0 0} \"net.14\" @mnist_convnet.lua:9 : (100, 10)\n"
    "%35 = input() {stream=0, field=label, shape=100} \"digits.label\" @mnist_convnet.lua:2 : (100)\n"
    "%36 = cross_entropy(%34, %35) @mnist_convnet.lua:16 : ()\n"
    "%37 = accuracy(%34, %35) @mnist_convnet.lua:17 : ()\n"
    "%38 = softmax(%34) @mnist_convnet.lua:18 : (100, 10)\n"
    "loss loss = %36\n"
    "metric accuracy = %37\n"
    "output probability = %38\n"
    "";

static const pg_model model = {
    .name = "mnist_convnet",
    .source = "mnist_convnet.lua",
    .compiler = "perigee 0.1.0",
    .is_double = false,
    .is_fused = true,
    .batch = 100,
    .streams = streams,
    .n_streams = 1,
    .inputs = inputs,
    .n_inputs = 2,
    .parameters = parameter_table,
    .n_parameters = 20,
    .slots = slots,
    .n_slots = 2,
    .scalars = scalars,
    .n_scalars = 2,
    .outputs = outputs,
    .n_outputs = 1,
    .kernels = kernels,
    .n_kernels = 64,
    .tensors = tensors,
    .arena = arena,
    .arena_bytes = 3454816L * sizeof(real),
    .arena_lower_bound = 3454816L * sizeof(real),
    .optimizer = "adam",
    .lr = 0.002,
    .lr_decay = 0,
    .rules = rules,
    .n_rules = 1,
    .epochs = 5,
    .keep = "best valid accuracy",
    .text = text,
    .clock = &clock,
    .prepare = prepare,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .update = update,
};

int main(int argc, char **argv)
{
    return pg_main(&model, argc, argv);
}
