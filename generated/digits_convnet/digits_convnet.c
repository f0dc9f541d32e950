/*
 * digits_convnet: a trainer generated from digits_convnet.lua by perigee 0.1.0. Do not edit.
 *
 * command     perigee build digits_convnet.lua
 * batch       100
 * parameters  18064 elements, of them 17968 trained
 * training    31 kernels, arena 1730144 elements (lower bound 1730144)
 * inference   17 kernels, arena 310400 elements (lower bound 310400)
 */
#define PG_LANES 16
#include "pg.h"
#include "pg_vec.h"

/* Parameters, in elements from the start; gradients lie alike. */
enum {
    NET_1_WEIGHT = 0, /* (16, 1, 5, 5) */
    NET_5_WEIGHT = 400, /* (32, 16, 3, 3) */
    NET_10_WEIGHT = 5008, /* (10, 800) */
    NET_1_BIAS = 17808, /* (16) */
    NET_2_WEIGHT = 17824, /* (16) */
    NET_2_BIAS = 17840, /* (16) */
    NET_5_BIAS = 17856, /* (32) */
    NET_6_WEIGHT = 17888, /* (32) */
    NET_6_BIAS = 17920, /* (32) */
    NET_10_BIAS = 17952, /* (10) */
    NET_2_RUNNING_MEAN = 17968, /* (16) */
    NET_2_RUNNING_VAR = 17984, /* (16) */
    NET_6_RUNNING_MEAN = 18000, /* (32) */
    NET_6_RUNNING_VAR = 18032, /* (32) */
};

/* Training: where activations lie in the arena, and from which kernel to which. */
enum {
    NET_1_ADD = 0, /* (100, 16, 24, 24), kernels 1 to 24 */
    NET_2_CHANNEL_MEAN = 1730112, /* (1, 16, 1, 1), kernels 1 to 28 */
    NET_2_CHANNEL_VARIANCE = 1730128, /* (1, 16, 1, 1), kernels 1 to 29 */
    NET_4_MAXPOOL2D = 1241600, /* (100, 16, 12, 12), kernels 2 to 22 */
    NET_5_ADD = 921600, /* (100, 32, 10, 10), kernels 3 to 19 */
    NET_6_CHANNEL_MEAN = 1730048, /* (1, 32, 1, 1), kernels 3 to 30 */
    NET_6_CHANNEL_VARIANCE = 1730080, /* (1, 32, 1, 1), kernels 3 to 31 */
    NET_8_MAXPOOL2D = 1472000, /* (100, 32, 5, 5), kernels 4 to 5 */
    NET_9_RESHAPE = 1552000, /* (100, 800), kernels 5 to 16 */
    NET_10_ADD = 1472000, /* (100, 10), kernels 6 to 11 */
    LOG_SOFTMAX = 1640000, /* (100, 10), kernels 7 to 13 */
    REDUCE_SUM = 1473600, /* (100, 1), kernels 8 to 9 */
    MUL = 1473712, /* (1, 1), kernels 9 to 10 */
    ARGMAX = 1473600, /* (100, 1), kernels 11 to 12 */
    MUL_3 = 1640000, /* (100, 10), kernels 13 to 16 */
    NET_10_TRANSPOSE = 1632000, /* (800, 10), kernels 14 to 15 */
    NET_10_MATMUL = 1472000, /* (100, 800), kernels 15 to 17 */
    NET_9_RESHAPE_2 = 1552000, /* (100, 32, 5, 5), kernels 17 to 19 */
    NET_6_MUL = 921600, /* (100, 32, 10, 10), kernels 19 to 22 */
    NET_5_FLIP_WEIGHT = 1702400, /* (16, 32, 3, 3), kernels 20 to 21 */
    NET_5_CONV2D = 1472000, /* (100, 16, 12, 12), kernels 21 to 24 */
    NET_2_MUL = 0, /* (100, 16, 24, 24), kernels 24 to 25 */
};

/* Inference: where activations lie in the arena, and from which kernel to which. */
enum {
    INFER_NET_2_MUL = 0, /* (16), kept */
    INFER_NET_2_SUB = 16, /* (16), kept */
    INFER_NET_2_MUL_2 = 32, /* (16, 1, 5, 5), kept */
    INFER_NET_2_MUL_3 = 432, /* (1, 16, 1, 1), kept */
    INFER_NET_4_MAXPOOL2D = 0, /* (100, 16, 12, 12), kernels 7 to 8 */
    INFER_NET_6_MUL = 448, /* (32), kept */
    INFER_NET_6_SUB = 480, /* (32), kept */
    INFER_NET_6_MUL_2 = 512, /* (32, 16, 3, 3), kept */
    INFER_NET_6_MUL_3 = 5120, /* (1, 32, 1, 1), kept */
    INFER_NET_8_MAXPOOL2D = 230400, /* (100, 32, 5, 5), kernels 8 to 9 */
    INFER_NET_9_RESHAPE = 0, /* (100, 800), kernels 9 to 10 */
    INFER_NET_10_ADD = 80000, /* (100, 10), kernels 10 to 17 */
    INFER_LOG_SOFTMAX = 0, /* (100, 10), kernels 11 to 12 */
    INFER_MUL = 1600, /* (100, 1), kernels 12 to 13 */
    INFER_MUL_2 = 0, /* (1, 1), kernels 13 to 14 */
    INFER_ARGMAX = 0, /* (100, 1), kernels 15 to 16 */
    INFER_SOFTMAX = 0, /* (100, 10), kernels 17 to 18 */
};

static real parameters[18080] __attribute__((aligned(64)));
static real gradients[17984] __attribute__((aligned(64)));
static real slot_m[17984] __attribute__((aligned(64)));
static real slot_v[17984] __attribute__((aligned(64)));
static real arena[1730160] __attribute__((aligned(64)));
static real prepared[5168] __attribute__((aligned(64)));
static real train_loss[L], infer_loss[L];
static real train_accuracy[L], infer_accuracy[L];
static const real *input_image; /* (100, 1, 28, 28) */
static const real *input_label; /* (100) */
static pg_clock clock;

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_1_conv2d_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 1, H = 28, W = 28, R = 5, S = 5, TILE = 24, KV = 1 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_BLOCK = 0, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { BLOCK = 1, F_GROUP = 400, F_BLOCK = 400, F_ROW = 80 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_1_weight = parameters + NET_1_WEIGHT; /* (16, 1, 5, 5) */
    const real *restrict net_1_bias = parameters + NET_1_BIAS; /* (1, 16, 1, 1) */
    real *restrict net_1_add = arena + NET_1_ADD; /* (100, 16, 24, 24) */
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
            const vec v_net_1_bias = ld(net_1_bias + group * 16);
            const vec t_add = acc[i][k] + v_net_1_bias;
            st(net_1_add + n * 9216 + group * 9216 + h * 384 + (w0 + i) * 16, t_add);
        }
    }
}

/*
 * conv2d + add + channel_mean + channel_variance
 * digits_convnet.lua:5  net.1
 * 50.7 MFLOP, 4 MB
 */
static void net_1_conv2d(void)
{
    enum { KV = 1 };
    real *restrict net_1_add = arena + NET_1_ADD; /* (100, 16, 24, 24) */
    real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 16, 1, 1) */
    real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 16, 1, 1) */
    real *restrict scratch = arena + 921600;
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        vec shift[KV], sum[KV] = {0}, squares[KV] = {0};
        for (int h = 0; h < 24; h++) {
            net_1_conv2d_tile(0, 24, 1, n, group, h);
            UNROLL for (int k = 0; k < 1; k++) {
                const real *row = net_1_add + n * 9216 + group * 9216 + h * 384;
                if (h == 0)
                    shift[k] = ld(row);
                for (int w = 0; w < 24; w++) {
                    const vec d = ld(row + w * 16) - shift[k];
                    sum[k] += d;
                    squares[k] += d * d;
                }
            }
        }
        UNROLL for (int k = 0; k < 1; k++) {
            real *mine = scratch + ((long)n * 1 + group * 1 + k) * 2 * L;
            st(mine, shift[k] + sum[k] * splat(0.0017361111f));
            st(mine + L, squares[k] - sum[k] * sum[k] * splat(0.0017361111f));
        }
    }
    for (int c = 0; c < 1; c++) {
        vec mean = splat(0), squares = splat(0);
        for (int n = 0; n < 100; n++) {
            const real *its = scratch + ((long)n * 1 + c) * 2 * L;
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
 * digits_convnet.lua:5  net.4
 * 5.53 MFLOP, 4.61 MB
 */
static void net_4_maxpool2d(void)
{
    const real *restrict net_1_add = arena + NET_1_ADD; /* (100, 16, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 16, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 16, 1, 1) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 16, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 16, 1, 1) */
    real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 16, 12, 12) */
    PARALLEL_FOR (unit, 100) {
        enum { c = 0 };
        const int n = (int)(unit);
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
                        const vec v_net_1_add = ld(net_1_add + n * 9216 + c * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                        const vec t_mul_2 = ((v_net_1_add - v_net_2_channel_mean) * t_rsqrt) * v_net_2_weight;
                        pooled = vmax(pooled, vmax(t_mul_2 + v_net_2_bias, splat(0)));
                    }
                }
                st(net_4_maxpool2d + n * 2304 + c * 2304 + h * 192 + w * 16, pooled);
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_5_conv2d_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 16, H = 12, W = 12, R = 3, S = 3, TILE = 10, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 2304, X_BLOCK = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 4608, F_BLOCK = 4608, F_ROW = 1536 };
    const real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 16, 12, 12) */
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (32, 16, 3, 3) */
    const real *restrict net_5_bias = parameters + NET_5_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_5_add = arena + NET_5_ADD; /* (100, 32, 10, 10) */
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
            st(net_5_add + n * 3200 + (group * KV + k) * 1600 + h * 160 + (w0 + i) * 16, t_add);
        }
    }
}

/*
 * conv2d + add + channel_mean + channel_variance
 * digits_convnet.lua:6  net.5
 * 93.8 MFLOP, 2.22 MB
 */
static void net_5_conv2d(void)
{
    enum { KV = 2 };
    real *restrict net_5_add = arena + NET_5_ADD; /* (100, 32, 10, 10) */
    real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    real *restrict scratch = arena + 1472000;
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        vec shift[KV], sum[KV] = {0}, squares[KV] = {0};
        for (int h = 0; h < 10; h++) {
            net_5_conv2d_tile(0, 10, 2, n, group, h);
            UNROLL for (int k = 0; k < 2; k++) {
                const real *row = net_5_add + n * 3200 + (group * KV + k) * 1600 + h * 160;
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
            real *mine = scratch + ((long)n * 2 + group * 2 + k) * 2 * L;
            st(mine, shift[k] + sum[k] * splat(0.01f));
            st(mine + L, squares[k] - sum[k] * sum[k] * splat(0.01f));
        }
    }
    for (int c = 0; c < 2; c++) {
        vec mean = splat(0), squares = splat(0);
        for (int n = 0; n < 100; n++) {
            const real *its = scratch + ((long)n * 2 + c) * 2 * L;
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
 * digits_convnet.lua:6  net.8
 * 1.92 MFLOP, 1.6 MB
 */
static void net_8_maxpool2d(void)
{
    const real *restrict net_5_add = arena + NET_5_ADD; /* (100, 32, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_8_maxpool2d = arena + NET_8_MAXPOOL2D; /* (100, 32, 5, 5) */
    PARALLEL_FOR (unit, 200) {
        const int c = (int)(unit % 2);
        const int n = (int)(unit / 2);
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
                        const vec v_net_5_add = ld(net_5_add + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                        const vec t_mul_2 = ((v_net_5_add - v_net_6_channel_mean) * t_rsqrt) * v_net_6_weight;
                        pooled = vmax(pooled, vmax(t_mul_2 + v_net_6_bias, splat(0)));
                    }
                }
                st(net_8_maxpool2d + n * 800 + c * 400 + h * 80 + w * 16, pooled);
            }
        }
    }
}

/*
 * reshape
 * digits_convnet.lua:7  net.9
 * 0 MFLOP, 0.64 MB
 */
static void net_9_reshape(void)
{
    const real *restrict net_8_maxpool2d = arena + NET_8_MAXPOOL2D; /* (100, 32, 5, 5) */
    real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 800) */
    PARALLEL_FOR (unit, 80000) {
        const int b = (int)(unit % 800);
        const int a = (int)(unit / 800);
        const int i = a * 800 + b;
        net_9_reshape[(a) * 16L + (b) / 16 * 1600L + (b) % 16 * 1L] = net_8_maxpool2d[(i / 800) * 800L + (i / 25 % 32) / 16 * 400L + (i / 25 % 32) % 16 * 1L + (i / 5 % 5) * 80L + (i % 5) * 16L];
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_10_matmul_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 800, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 12800 };
    const real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 800) */
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (10, 800) */
    const real *restrict net_10_bias = parameters + NET_10_BIAS; /* (1, 10) */
    real *restrict net_10_add = arena + NET_10_ADD; /* (100, 10) */
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
            const vec v_net_10_bias = ld(net_10_bias + group * 16);
            st(net_10_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_10_bias);
        }
    }
}

/*
 * matmul + add
 * digits_convnet.lua:7  net.10
 * 1.6 MFLOP, 0.356 MB
 */
static void net_10_matmul(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_10_matmul_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * digits_convnet.lua:14
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax(void)
{
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_10_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_10_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_10_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum
 * digits_convnet.lua:14
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
 * digits_convnet.lua:14
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
 * digits_convnet.lua:14
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
 * digits_convnet.lua:15
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax(void)
{
    const real *restrict net_10_add = arena + NET_10_ADD; /* (100, 10) */
    real *restrict argmax = arena + ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_10_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_10_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + reduce_sum + mul
 * digits_convnet.lua:15
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
 * digits_convnet.lua:14
 * 0.024 MFLOP, 0.00844 MB
 */
static void apply_mul_back(void)
{
    const real *restrict label = input_label; /* (100, 1) */
    const real *log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    real *mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_10_reduce_sum = gradients + NET_10_BIAS; /* (1, 10) */
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
        st(net_10_reduce_sum, whole0);
    }
    memset(gradients + NET_10_BIAS + 10, 0, 6 * sizeof(real)); /* padding */
}

/*
 * transpose
 * digits_convnet.lua:7  net.10
 * 0 MFLOP, 0.064 MB
 */
static void net_10_transpose_back(void)
{
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (10, 800) */
    real *restrict net_10_transpose = arena + NET_10_TRANSPOSE; /* (800, 10) */
    for (int a = 0; a < 800; a++) {
        for (int b = 0; b < 10; b++) {
            net_10_transpose[(a) / 32 * 320L + (a) % 32 * 1L + (b) * 32L] = net_10_weight[(b) / 16 * 12800L + (b) % 16 * 1L + (a) * 16L];
        }
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_10_matmul_back_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 10, TILE = 13, KV = 2, BLOCK = 10 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 320 };
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    const real *restrict net_10_transpose = arena + NET_10_TRANSPOSE; /* (800, 10) */
    real *restrict net_10_matmul = arena + NET_10_MATMUL; /* (100, 800) */
    const real *fp = net_10_transpose + group * (long)F_GROUP;
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
            st(net_10_matmul + (n0 + i) * 16 + (group * KV + k) * 1600, acc[i][k]);
        }
    }
}

/*
 * matmul
 * digits_convnet.lua:7  net.10
 * 1.6 MFLOP, 0.356 MB
 */
static void net_10_matmul_back(void)
{
    PARALLEL_FOR (unit, 200) {
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
    enum { N = 100, TILE = 8, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, DY_ROW = 16, DY_BLOCK = 1600 };
    const real *restrict net_9_reshape = arena + NET_9_RESHAPE; /* (100, 800) */
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_10_matmul_dw = gradients + NET_10_WEIGHT; /* (10, 800) */
    const real *xp = net_9_reshape + c0 / BLOCK * X_BLOCK + c0 % BLOCK * X_CHANNEL;
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
    real *out = net_10_matmul_dw + group * 12800L + c0 / BLOCK * 256L + c0 % BLOCK * KV * L;
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            st(out + (i * KV + k) * L, group * KV + k < 0 ? acc[i][k] : first_lanes(acc[i][k], 10, 0));
    }
}

/*
 * matmul_dw
 * digits_convnet.lua:7  net.10
 * 1.6 MFLOP, 0.356 MB
 */
static void net_10_matmul_dw_back(void)
{
    PARALLEL_FOR (unit, 100) {
        const int tile = (int)(unit % 100);
        enum { group = 0 };
        net_10_matmul_dw_back_tile(tile * 8, 8, 1, group);
    }
}

/*
 * reshape
 * digits_convnet.lua:7  net.9
 * 0 MFLOP, 0.64 MB
 */
static void net_9_reshape_back(void)
{
    const real *restrict net_10_matmul = arena + NET_10_MATMUL; /* (100, 800) */
    real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 32, 5, 5) */
    PARALLEL_FOR (unit, 3200) {
        const int b = (int)(unit % 32);
        const int a = (int)(unit / 32);
        for (int c = 0; c < 5; c++) {
            for (int d = 0; d < 5; d++) {
                const int i = ((a * 32 + b) * 5 + c) * 5 + d;
                net_9_reshape_2[(a) * 800L + (b) / 16 * 400L + (b) % 16 * 1L + (c) * 80L + (d) * 16L] = net_10_matmul[(i / 800) * 16L + (i % 800) / 16 * 1600L + (i % 800) % 16 * 1L];
            }
        }
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum
 * digits_convnet.lua:6  net.6
 * 3.2 MFLOP, 1.6 MB
 */
static void net_6_reduce_sum_back(void)
{
    const real *restrict net_5_add = arena + NET_5_ADD; /* (100, 32, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 32, 5, 5) */
    real *restrict net_6_reduce_sum = gradients + NET_6_BIAS; /* (1, 32, 1, 1) */
    real *restrict net_6_reduce_sum_2 = gradients + NET_6_WEIGHT; /* (1, 32, 1, 1) */
    real *restrict scratch = arena + 1472000;
    PARALLEL_FOR (unit, 32) {
        const int part = (int)(unit % 16);
        const int c = (int)(unit / 16);
        const vec v_net_6_channel_mean = ld(net_6_channel_mean + c * 16);
        const vec v_net_6_channel_variance = ld(net_6_channel_variance + c * 16);
        const vec t_add = v_net_6_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_6_weight = ld(net_6_weight + c * 16);
        const vec v_net_6_bias = ld(net_6_bias + c * 16);
        vec sum0 = splat(0);
        vec sum1 = splat(0);
        for (int n = part * 100 / 16; n < (part + 1) * 100 / 16; n++) {
            for (int h = 0; h < 5; h++) {
                for (int w = 0; w < 5; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_9_reshape_2 = ld(net_9_reshape_2 + n * 800 + c * 400 + h * 80 + w * 16);
                    const vec slope = v_net_9_reshape_2;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
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
        st(net_6_reduce_sum + c * 16, sum0);
        st(net_6_reduce_sum_2 + c * 16, sum1);
    }
}

/*
 * add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul
 * digits_convnet.lua:6  net.6
 * 3.52 MFLOP, 2.88 MB
 */
static void net_6_mul_back(void)
{
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (1, 32, 1, 1) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (1, 32, 1, 1) */
    const real *net_5_add = arena + NET_5_ADD; /* (100, 32, 10, 10) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (1, 32, 1, 1) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_9_reshape_2 = arena + NET_9_RESHAPE_2; /* (100, 32, 5, 5) */
    const real *restrict net_6_reduce_sum = gradients + NET_6_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_6_reduce_sum_2 = gradients + NET_6_WEIGHT; /* (1, 32, 1, 1) */
    real *net_6_mul = arena + NET_6_MUL; /* (100, 32, 10, 10) */
    PARALLEL_FOR (n, 100) {
        for (int c = 0; c < 2; c++) {
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
                            const vec v_net_5_add = ld(net_5_add + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_9_reshape_2 = ld(net_9_reshape_2 + n * 800 + c * 400 + h * 80 + w * 16);
                    const vec slope = v_net_9_reshape_2;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_5_add = ld(net_5_add + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16);
                            const vec t_mul_2 = (v_net_5_add - v_net_6_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul_2 * v_net_6_weight) + v_net_6_bias, splat(0));
                            const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                            st(net_6_mul + n * 3200 + c * 1600 + (h * 2 + i) * 160 + (w * 2 + j) * 16, t_mul * ((t_where_gt - t_mul_4) - (t_mul_2 * t_mul_5)));
                        }
                    }
                }
            }
        }
    }
}

/*
 * flip_weight
 * digits_convnet.lua:6  net.5
 * 0 MFLOP, 0.0369 MB
 */
static void net_5_flip_weight_back(void)
{
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (32, 16, 3, 3) */
    real *restrict net_5_flip_weight = arena + NET_5_FLIP_WEIGHT; /* (16, 32, 3, 3) */
    for (int a = 0; a < 16; a++) {
        for (int b = 0; b < 32; b++) {
            for (int c = 0; c < 3; c++) {
                for (int d = 0; d < 3; d++) {
                    net_5_flip_weight[(a) / 16 * 4608L + (a) % 16 * 1L + (b) / 16 * 2304L + (b) % 16 * 48L + (c) * 768L + (d) * 16L] = net_5_weight[(b) / 32 * 4608L + (b) % 32 * 1L + (a) / 16 * 4608L + (a) % 16 * 96L + (2 - c) * 1536L + (2 - d) * 32L];
                }
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_5_conv2d_back_tile(const int w0, const int width, const int kv, int n, int group, int h)
{
    enum { C = 32, H = 10, W = 10, R = 3, S = 3, TILE = 12, KV = 1 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 2, PAD_W = 2, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 3200, X_BLOCK = 1600, X_CHANNEL = 1, X_ROW = 160, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 4608, F_BLOCK = 2304, F_ROW = 768 };
    const real *restrict net_6_mul = arena + NET_6_MUL; /* (100, 32, 10, 10) */
    const real *restrict net_5_flip_weight = arena + NET_5_FLIP_WEIGHT; /* (16, 32, 3, 3) */
    real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 16, 12, 12) */
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
            st(net_5_conv2d + n * 2304 + group * 2304 + h * 192 + (w0 + i) * 16, acc[i][k]);
        }
    }
}

/*
 * conv2d
 * digits_convnet.lua:6  net.5
 * 133 MFLOP, 2.22 MB
 */
static void net_5_conv2d_back(void)
{
    enum { KV = 1 };
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        for (int h = 0; h < 12; h++) {
            net_5_conv2d_back_tile(0, 12, 1, n, group, h);
        }
    }
}

/* One pixel's contribution; taps outside the image are left out if checked. */
INLINE void net_5_conv2d_dw_back_pixel(vec acc[4][3][2], const real *xp, const real *dp, int w,
    const bool checked, const int channels, const int kv)
{
    enum { H = 12, W = 12, R = 3, S = 3, TILE = 4, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { DY_IMAGE = 3200, DY_BLOCK = 1600, DY_ROW = 160, DY_COLUMN = 16 };
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
    enum { X_IMAGE = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { DY_IMAGE = 3200, DY_BLOCK = 1600, DY_ROW = 160, DY_COLUMN = 16 };
    const real *restrict net_4_maxpool2d = arena + NET_4_MAXPOOL2D; /* (100, 16, 12, 12) */
    const real *restrict net_6_mul = arena + NET_6_MUL; /* (100, 32, 10, 10) */
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
    real *to_dw = out + group * 4608L + c0 / 16 * 4608L + r * 1536L + c0 % 16 * 96L;
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                st(to_dw + c * 96 + (s * KV + k) * L, acc[c][s][k]);
        }
    }
}

/*
 * conv2d_dw
 * digits_convnet.lua:6  net.5
 * 92.2 MFLOP, 2.22 MB
 */
static void net_5_conv2d_dw_back(void)
{
    real *restrict net_5_conv2d_dw = gradients + NET_5_WEIGHT; /* (32, 16, 3, 3) */
    real *restrict scratch = arena + 1702400;
    PARALLEL_FOR (unit, 72) {
        const int r = (int)(unit % 3);
        const int tile = (int)(unit / 3 % 4);
        enum { group = 0 };
        const int part = (int)(unit / 12);
        const int from = part * 100 / 6, to = (part + 1) * 100 / 6;
        real *out = scratch + part * 4608L;
        net_5_conv2d_dw_back_tile(out, from, to, group, tile * 4, r, 4, 2);
    }
    PARALLEL_FOR (block, 288) {
        const long i = block * (long)L;
        vec sum = ld(scratch + i);
        for (int part = 1; part < 6; part++)
            sum += ld(scratch + part * 4608L + i);
        st(net_5_conv2d_dw + i, sum);
    }
}

/*
 * sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum
 * digits_convnet.lua:5  net.2
 * 9.22 MFLOP, 4.61 MB
 */
static void net_2_reduce_sum_back(void)
{
    const real *restrict net_1_add = arena + NET_1_ADD; /* (100, 16, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 16, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 16, 1, 1) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 16, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 16, 1, 1) */
    const real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 16, 12, 12) */
    real *restrict net_2_reduce_sum = gradients + NET_2_BIAS; /* (1, 16, 1, 1) */
    real *restrict net_2_reduce_sum_2 = gradients + NET_2_WEIGHT; /* (1, 16, 1, 1) */
    real *restrict scratch = arena + 921600;
    PARALLEL_FOR (part, 32) {
        const vec v_net_2_channel_mean = ld(net_2_channel_mean);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance);
        const vec t_add = v_net_2_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_2_weight = ld(net_2_weight);
        const vec v_net_2_bias = ld(net_2_bias);
        vec sum0 = splat(0);
        vec sum1 = splat(0);
        for (int n = part * 100 / 32; n < (part + 1) * 100 / 32; n++) {
            for (int h = 0; h < 12; h++) {
                for (int w = 0; w < 12; w++) {
                    vec best = splat(-INFINITY), which = splat(-1);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                            const vec t_mul = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                            const vec t_relu = vmax((t_mul * v_net_2_weight) + v_net_2_bias, splat(0));
                            const vec x = t_relu;
                            which = vgt(x, best, splat((real)(i * 2 + j)), which);
                            best = vmax(best, x);
                        }
                    }
                    const vec v_net_5_conv2d = ld(net_5_conv2d + n * 2304 + h * 192 + w * 16);
                    const vec slope = v_net_5_conv2d;
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v_net_1_add = ld(net_1_add + n * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
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
        real *mine = scratch + (((0) * 32 + part) * 4) * L;
        st(mine + 0 * L, sum0);
        st(mine + 2 * L, sum1);
    }
    {
        vec sum0 = splat(0);
        for (int part = 0; part < 32; part++)
            sum0 += ld(scratch + (((0) * 32 + part) * 4 + 0) * L);
        vec sum1 = splat(0);
        for (int part = 0; part < 32; part++)
            sum1 += ld(scratch + (((0) * 32 + part) * 4 + 2) * L);
        st(net_2_reduce_sum, sum0);
        st(net_2_reduce_sum_2, sum1);
    }
}

/*
 * add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul
 * digits_convnet.lua:5  net.2
 * 10.1 MFLOP, 8.29 MB
 */
static void net_2_mul_back(void)
{
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (1, 16, 1, 1) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (1, 16, 1, 1) */
    const real *net_1_add = arena + NET_1_ADD; /* (100, 16, 24, 24) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (1, 16, 1, 1) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 16, 1, 1) */
    const real *restrict net_5_conv2d = arena + NET_5_CONV2D; /* (100, 16, 12, 12) */
    const real *restrict net_2_reduce_sum = gradients + NET_2_BIAS; /* (1, 16, 1, 1) */
    const real *restrict net_2_reduce_sum_2 = gradients + NET_2_WEIGHT; /* (1, 16, 1, 1) */
    real *net_2_mul = arena + NET_2_MUL; /* (100, 16, 24, 24) */
    PARALLEL_FOR (n, 100) {
        const vec v_net_2_channel_mean = ld(net_2_channel_mean);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance);
        const vec t_add = v_net_2_channel_variance + splat(1e-05f);
        const vec t_rsqrt = splat(1) / vsqrt(t_add);
        const vec v_net_2_weight = ld(net_2_weight);
        const vec v_net_2_bias = ld(net_2_bias);
        const vec v_net_2_reduce_sum = ld(net_2_reduce_sum);
        const vec t_mul_4 = v_net_2_reduce_sum * splat(1.7361111e-05f);
        const vec v_net_2_reduce_sum_2 = ld(net_2_reduce_sum_2);
        const vec t_mul_5 = v_net_2_reduce_sum_2 * splat(1.7361111e-05f);
        const vec t_mul = v_net_2_weight * t_rsqrt;
        for (int h = 0; h < 12; h++) {
            for (int w = 0; w < 12; w++) {
                vec best = splat(-INFINITY), which = splat(-1);
                UNROLL for (int i = 0; i < 2; i++) {
                    UNROLL for (int j = 0; j < 2; j++) {
                        const vec v_net_1_add = ld(net_1_add + n * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                        const vec t_mul_2 = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                        const vec t_relu = vmax((t_mul_2 * v_net_2_weight) + v_net_2_bias, splat(0));
                        const vec x = t_relu;
                        which = vgt(x, best, splat((real)(i * 2 + j)), which);
                        best = vmax(best, x);
                    }
                }
                const vec v_net_5_conv2d = ld(net_5_conv2d + n * 2304 + h * 192 + w * 16);
                const vec slope = v_net_5_conv2d;
                UNROLL for (int i = 0; i < 2; i++) {
                    UNROLL for (int j = 0; j < 2; j++) {
                        const vec v_net_1_add = ld(net_1_add + n * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16);
                        const vec t_mul_2 = (v_net_1_add - v_net_2_channel_mean) * t_rsqrt;
                        const vec t_relu = vmax((t_mul_2 * v_net_2_weight) + v_net_2_bias, splat(0));
                        const vec t_where_gt = vgt(t_relu, splat(0), veq(which, splat((real)(i * 2 + j)), slope, splat(0)), splat(0));
                        st(net_2_mul + n * 9216 + (h * 2 + i) * 384 + (w * 2 + j) * 16, t_mul * ((t_where_gt - t_mul_4) - (t_mul_2 * t_mul_5)));
                    }
                }
            }
        }
    }
}

/* One pixel's contribution; taps outside the image are left out if checked. */
INLINE void net_1_conv2d_dw_back_pixel(vec acc[1][5][1], const real *xp, const real *dp, int w,
    const bool checked, const int channels, const int kv)
{
    enum { H = 28, W = 28, R = 5, S = 5, TILE = 1, KV = 1 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { DY_IMAGE = 9216, DY_BLOCK = 9216, DY_ROW = 384, DY_COLUMN = 16 };
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
    enum { H = 28, W = 28, R = 5, S = 5, TILE = 1, KV = 1 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { DY_IMAGE = 9216, DY_BLOCK = 9216, DY_ROW = 384, DY_COLUMN = 16 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_2_mul = arena + NET_2_MUL; /* (100, 16, 24, 24) */
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
    real *to_dw = out + group * 400L + c0 / 1 * 400L + r * 80L + c0 % 1 * 80L;
    UNROLL for (int c = 0; c < channels; c++) {
        UNROLL for (int s = 0; s < S; s++) {
            UNROLL for (int k = 0; k < kv; k++)
                st(to_dw + c * 80 + (s * KV + k) * L, acc[c][s][k]);
        }
    }
}

/*
 * conv2d_dw
 * digits_convnet.lua:5  net.1
 * 46.1 MFLOP, 4 MB
 */
static void net_1_conv2d_dw_back(void)
{
    real *restrict net_1_conv2d_dw = gradients + NET_1_WEIGHT; /* (16, 1, 5, 5) */
    real *restrict scratch = arena + 921600;
    PARALLEL_FOR (unit, 20) {
        const int r = (int)(unit % 5);
        enum { tile = 0 };
        enum { group = 0 };
        const int part = (int)(unit / 5);
        const int from = part * 100 / 4, to = (part + 1) * 100 / 4;
        real *out = scratch + part * 400L;
        net_1_conv2d_dw_back_tile(out, from, to, group, tile * 1, r, 1, 1);
    }
    PARALLEL_FOR (block, 25) {
        const long i = block * (long)L;
        vec sum = ld(scratch + i);
        for (int part = 1; part < 4; part++)
            sum += ld(scratch + part * 400L + i);
        st(net_1_conv2d_dw + i, sum);
    }
}

/*
 * copy
 * digits_convnet.lua:5  net.1
 * 1.6e-05 MFLOP, 6.4e-05 MB
 */
static void net_1_broadcast_back(void)
{
    real *restrict net_1_broadcast = gradients + NET_1_BIAS; /* (16) */
    {
        st(net_1_broadcast, splat(0));
    }
}

/*
 * copy
 * digits_convnet.lua:6  net.5
 * 3.2e-05 MFLOP, 0.000128 MB
 */
static void net_5_broadcast_back(void)
{
    real *restrict net_5_broadcast = gradients + NET_5_BIAS; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        st(net_5_broadcast + i, splat(0));
    }
}

/*
 * mul + mul + add
 * digits_convnet.lua:5  net.2
 * 4.8e-05 MFLOP, 0.000192 MB
 */
static void net_2_add_update(void)
{
    const real *net_2_running_mean = parameters + NET_2_RUNNING_MEAN; /* (16) */
    const real *restrict net_2_channel_mean = arena + NET_2_CHANNEL_MEAN; /* (16) */
    real *net_2_add = parameters + NET_2_RUNNING_MEAN; /* (16) */
    {
        const vec v_net_2_running_mean = ld(net_2_running_mean);
        const vec v_net_2_channel_mean = ld(net_2_channel_mean);
        const vec t_add = (v_net_2_running_mean * splat(0.9f)) + (v_net_2_channel_mean * splat(0.1f));
        st(net_2_add, t_add);
    }
}

/*
 * mul + mul + add
 * digits_convnet.lua:5  net.2
 * 4.8e-05 MFLOP, 0.000192 MB
 */
static void net_2_add_update_2(void)
{
    const real *net_2_running_var = parameters + NET_2_RUNNING_VAR; /* (16) */
    const real *restrict net_2_channel_variance = arena + NET_2_CHANNEL_VARIANCE; /* (16) */
    real *net_2_add_2 = parameters + NET_2_RUNNING_VAR; /* (16) */
    {
        const vec v_net_2_running_var = ld(net_2_running_var);
        const vec v_net_2_channel_variance = ld(net_2_channel_variance);
        const vec t_add = (v_net_2_running_var * splat(0.9f)) + (v_net_2_channel_variance * splat(0.10000174f));
        st(net_2_add_2, t_add);
    }
}

/*
 * mul + mul + add
 * digits_convnet.lua:6  net.6
 * 9.6e-05 MFLOP, 0.000384 MB
 */
static void net_6_add_update(void)
{
    const real *net_6_running_mean = parameters + NET_6_RUNNING_MEAN; /* (32) */
    const real *restrict net_6_channel_mean = arena + NET_6_CHANNEL_MEAN; /* (32) */
    real *net_6_add = parameters + NET_6_RUNNING_MEAN; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_6_running_mean = ld(net_6_running_mean + i);
        const vec v_net_6_channel_mean = ld(net_6_channel_mean + i);
        const vec t_add = (v_net_6_running_mean * splat(0.9f)) + (v_net_6_channel_mean * splat(0.1f));
        st(net_6_add + i, t_add);
    }
}

/*
 * mul + mul + add
 * digits_convnet.lua:6  net.6
 * 9.6e-05 MFLOP, 0.000384 MB
 */
static void net_6_add_update_2(void)
{
    const real *net_6_running_var = parameters + NET_6_RUNNING_VAR; /* (32) */
    const real *restrict net_6_channel_variance = arena + NET_6_CHANNEL_VARIANCE; /* (32) */
    real *net_6_add_2 = parameters + NET_6_RUNNING_VAR; /* (32) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_6_running_var = ld(net_6_running_var + i);
        const vec v_net_6_channel_variance = ld(net_6_channel_variance + i);
        const vec t_add = (v_net_6_running_var * splat(0.9f)) + (v_net_6_channel_variance * splat(0.10001f));
        st(net_6_add_2 + i, t_add);
    }
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
 * digits_convnet.lua:5  net.2
 * 0.000128 MFLOP, 0.000384 MB
 */
static void net_2_mul_prepare(void)
{
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (16) */
    const real *restrict net_2_running_var = parameters + NET_2_RUNNING_VAR; /* (16) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (16) */
    const real *restrict net_2_running_mean = parameters + NET_2_RUNNING_MEAN; /* (16) */
    real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (16) */
    real *restrict net_2_sub = prepared + INFER_NET_2_SUB; /* (16) */
    {
        const vec v_net_2_weight = ld(net_2_weight);
        const vec v_net_2_running_var = ld(net_2_running_var);
        const vec t_mul = v_net_2_weight * (splat(1) / vsqrt(v_net_2_running_var + splat(1e-05f)));
        const vec v_net_2_bias = ld(net_2_bias);
        const vec v_net_2_running_mean = ld(net_2_running_mean);
        st(net_2_mul, t_mul);
        st(net_2_sub, v_net_2_bias - (v_net_2_running_mean * t_mul));
    }
}

/*
 * mul
 * digits_convnet.lua:5  net.2
 * 0.0004 MFLOP, 0.00326 MB
 */
static void net_2_mul_prepare_2(void)
{
    const real *restrict net_1_weight = parameters + NET_1_WEIGHT; /* (16, 1, 5, 5) */
    const real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (16, 1, 1, 1) */
    real *restrict net_2_mul_2 = prepared + INFER_NET_2_MUL_2; /* (16, 1, 5, 5) */
    for (int r = 0; r < 5; r++) {
        for (int s = 0; s < 5; s++) {
            const vec v_net_1_weight = ld(net_1_weight + r * 80 + s * 16);
            const vec v_net_2_mul = ld(net_2_mul);
            st(net_2_mul_2 + r * 80 + s * 16, v_net_1_weight * v_net_2_mul);
        }
    }
}

/*
 * mul
 * digits_convnet.lua:5  net.2
 * 1.6e-05 MFLOP, 0.000192 MB
 */
static void net_2_mul_prepare_3(void)
{
    const real *restrict net_1_bias = parameters + NET_1_BIAS; /* (1, 16, 1, 1) */
    const real *restrict net_2_mul = prepared + INFER_NET_2_MUL; /* (1, 16, 1, 1) */
    real *restrict net_2_mul_3 = prepared + INFER_NET_2_MUL_3; /* (1, 16, 1, 1) */
    {
        const vec v_net_1_bias = ld(net_1_bias);
        const vec v_net_2_mul = ld(net_2_mul);
        st(net_2_mul_3, v_net_1_bias * v_net_2_mul);
    }
}

/*
 * add + rsqrt + mul + mul + sub
 * digits_convnet.lua:6  net.6
 * 0.000256 MFLOP, 0.000768 MB
 */
static void net_6_mul_prepare(void)
{
    const real *restrict net_6_weight = parameters + NET_6_WEIGHT; /* (32) */
    const real *restrict net_6_running_var = parameters + NET_6_RUNNING_VAR; /* (32) */
    const real *restrict net_6_bias = parameters + NET_6_BIAS; /* (32) */
    const real *restrict net_6_running_mean = parameters + NET_6_RUNNING_MEAN; /* (32) */
    real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (32) */
    real *restrict net_6_sub = prepared + INFER_NET_6_SUB; /* (32) */
    for (int block = 0; block < 2; block++) {
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
 * digits_convnet.lua:6  net.6
 * 0.00461 MFLOP, 0.037 MB
 */
static void net_6_mul_prepare_2(void)
{
    const real *restrict net_5_weight = parameters + NET_5_WEIGHT; /* (32, 16, 3, 3) */
    const real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (32, 1, 1, 1) */
    real *restrict net_6_mul_2 = prepared + INFER_NET_6_MUL_2; /* (32, 16, 3, 3) */
    for (int r = 0; r < 3; r++) {
        for (int cc = 0; cc < 16; cc++) {
            for (int s = 0; s < 3; s++) {
                for (int kk = 0; kk < 2; kk++) {
                    const vec v_net_5_weight = ld(net_5_weight + (kk * L) + cc * 96 + r * 1536 + s * 32);
                    const vec v_net_6_mul = ld(net_6_mul + (kk * L));
                    st(net_6_mul_2 + (kk * L) + cc * 96 + r * 1536 + s * 32, v_net_5_weight * v_net_6_mul);
                }
            }
        }
    }
}

/*
 * mul
 * digits_convnet.lua:6  net.6
 * 3.2e-05 MFLOP, 0.000384 MB
 */
static void net_6_mul_prepare_3(void)
{
    const real *restrict net_5_bias = parameters + NET_5_BIAS; /* (1, 32, 1, 1) */
    const real *restrict net_6_mul = prepared + INFER_NET_6_MUL; /* (1, 32, 1, 1) */
    real *restrict net_6_mul_3 = prepared + INFER_NET_6_MUL_3; /* (1, 32, 1, 1) */
    for (int block = 0; block < 2; block++) {
        const long i = block * (long)L;
        const vec v_net_5_bias = ld(net_5_bias + i);
        const vec v_net_6_mul = ld(net_6_mul + i);
        st(net_6_mul_3 + i, v_net_5_bias * v_net_6_mul);
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_2_conv2d_infer_tile(const int w0, const int width, const int kv, int n, int group, int h, real *restrict row)
{
    enum { C = 1, H = 28, W = 28, R = 5, S = 5, TILE = 24, KV = 1 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 784, X_BLOCK = 0, X_CHANNEL = 0, X_ROW = 28, X_COLUMN = 1 };
    enum { BLOCK = 1, F_GROUP = 400, F_BLOCK = 400, F_ROW = 80 };
    const real *restrict image = input_image; /* (100, 1, 28, 28) */
    const real *restrict net_2_mul_2 = prepared + INFER_NET_2_MUL_2; /* (16, 1, 5, 5) */
    const real *restrict net_2_mul_3 = prepared + INFER_NET_2_MUL_3; /* (1, 16, 1, 1) */
    const real *restrict net_2_sub = prepared + INFER_NET_2_SUB; /* (1, 16, 1, 1) */
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
            const vec v_net_2_mul_3 = ld(net_2_mul_3 + group * 16);
            const vec v_net_2_sub = ld(net_2_sub + group * 16);
            st(row + ((w0 + i) * KV + k) * L, vmax((acc[i][k] + v_net_2_mul_3) + v_net_2_sub, splat(0)));
        }
    }
}

/*
 * conv2d + add + add + relu + maxpool2d
 * digits_convnet.lua:5  net.2
 * 49.8 MFLOP, 1.24 MB
 */
static void net_2_conv2d_infer(void)
{
    enum { KV = 1 };
    real *restrict net_4_maxpool2d = arena + INFER_NET_4_MAXPOOL2D; /* (100, 16, 12, 12) */
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
        real rows[2][24 * 1 * L];
        for (int h = 0; h < 12; h++) {
            for (int i = 0; i < 2; i++) {
                net_2_conv2d_infer_tile(0, 24, 1, n, group, h * 2 + i, rows[i]);
            }
            for (int w = 0; w < 12; w++) {
                UNROLL for (int k = 0; k < 1; k++) {
                    vec pooled = splat(-INFINITY);
                    UNROLL for (int i = 0; i < 2; i++) {
                        UNROLL for (int j = 0; j < 2; j++) {
                            const vec v = ld(rows[i] + ((w * 2 + j) * 1 + k) * L);
                            pooled = vmax(pooled, v);
                        }
                    }
                    st(net_4_maxpool2d + n * 2304 + group * 2304 + h * 192 + w * 16, pooled);
                }
            }
        }
    }
}

/* Columns w0 ... w0 + width - 1 of row h, kv vectors of filters. */
INLINE void net_6_conv2d_infer_tile(const int w0, const int width, const int kv, int n, int group, int h, real *restrict row)
{
    enum { C = 16, H = 12, W = 12, R = 3, S = 3, TILE = 10, KV = 2 };
    enum { STRIDE_H = 1, STRIDE_W = 1, PAD_H = 0, PAD_W = 0, STEP_H = 1, STEP_W = 1 };
    enum { X_IMAGE = 2304, X_BLOCK = 2304, X_CHANNEL = 1, X_ROW = 192, X_COLUMN = 16 };
    enum { BLOCK = 16, F_GROUP = 4608, F_BLOCK = 4608, F_ROW = 1536 };
    const real *restrict net_4_maxpool2d = arena + INFER_NET_4_MAXPOOL2D; /* (100, 16, 12, 12) */
    const real *restrict net_6_mul_2 = prepared + INFER_NET_6_MUL_2; /* (32, 16, 3, 3) */
    const real *restrict net_6_mul_3 = prepared + INFER_NET_6_MUL_3; /* (1, 32, 1, 1) */
    const real *restrict net_6_sub = prepared + INFER_NET_6_SUB; /* (1, 32, 1, 1) */
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
 * digits_convnet.lua:6  net.6
 * 93.4 MFLOP, 1.26 MB
 */
static void net_6_conv2d_infer(void)
{
    enum { KV = 2 };
    real *restrict net_8_maxpool2d = arena + INFER_NET_8_MAXPOOL2D; /* (100, 32, 5, 5) */
    PARALLEL_FOR (unit, 100) {
        enum { group = 0 };
        const int n = (int)(unit);
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
                    st(net_8_maxpool2d + n * 800 + (group * 2 + k) * 400 + h * 80 + w * 16, pooled);
                }
            }
        }
    }
}

/*
 * reshape
 * digits_convnet.lua:7  net.9
 * 0 MFLOP, 0.64 MB
 */
static void net_9_reshape_infer(void)
{
    const real *restrict net_8_maxpool2d = arena + INFER_NET_8_MAXPOOL2D; /* (100, 32, 5, 5) */
    real *restrict net_9_reshape = arena + INFER_NET_9_RESHAPE; /* (100, 800) */
    PARALLEL_FOR (unit, 80000) {
        const int b = (int)(unit % 800);
        const int a = (int)(unit / 800);
        const int i = a * 800 + b;
        net_9_reshape[(a) * 16L + (b) / 16 * 1600L + (b) % 16 * 1L] = net_8_maxpool2d[(i / 800) * 800L + (i / 25 % 32) / 16 * 400L + (i / 25 % 32) % 16 * 1L + (i / 5 % 5) * 80L + (i % 5) * 16L];
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_10_matmul_infer_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 800, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 12800 };
    const real *restrict net_9_reshape = arena + INFER_NET_9_RESHAPE; /* (100, 800) */
    const real *restrict net_10_weight = parameters + NET_10_WEIGHT; /* (10, 800) */
    const real *restrict net_10_bias = parameters + NET_10_BIAS; /* (1, 10) */
    real *restrict net_10_add = arena + INFER_NET_10_ADD; /* (100, 10) */
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
            const vec v_net_10_bias = ld(net_10_bias + group * 16);
            st(net_10_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_10_bias);
        }
    }
}

/*
 * matmul + add
 * digits_convnet.lua:7  net.10
 * 1.6 MFLOP, 0.356 MB
 */
static void net_10_matmul_infer(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_10_matmul_infer_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * digits_convnet.lua:14
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax_infer(void)
{
    const real *restrict net_10_add = arena + INFER_NET_10_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + INFER_LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_10_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_10_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_10_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum + valid_mask + mul
 * digits_convnet.lua:14
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
 * digits_convnet.lua:14
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
 * digits_convnet.lua:14
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
 * digits_convnet.lua:15
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax_infer(void)
{
    const real *restrict net_10_add = arena + INFER_NET_10_ADD; /* (100, 10) */
    real *restrict argmax = arena + INFER_ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_10_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_10_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + valid_mask + mul + reduce_sum + mul
 * digits_convnet.lua:15
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
 * digits_convnet.lua:16
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_softmax_infer(void)
{
    const real *restrict net_10_add = arena + INFER_NET_10_ADD; /* (100, 10) */
    real *restrict softmax = arena + INFER_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_10_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_10_add - highest), lanes, 0);
        }
        const vec share = splat(1) / splat(sum_lanes(sum));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_10_add = ld(net_10_add + n * 16 + c * 1600);
            st(softmax + n * 16 + c * 1600, vexp(v_net_10_add - highest) * share);
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
}

static void optimize(void)
{
    const real lr = (real)clock.lr;
    const real correction1 = (real)(1 / (1 - pow(0.90000000000000002, clock.step + 1.0)));
    const real correction2 = (real)(1 / (1 - pow(0.999, clock.step + 1.0)));
    adam(0, 17968, parameters, gradients, slot_m, slot_v, &correction1, &correction2, &lr);
}

static void update(void)
{
    net_2_add_update();
    net_2_add_update_2();
    net_6_add_update();
    net_6_add_update_2();
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
}

static void infer(void)
{
    net_2_conv2d_infer();
    net_6_conv2d_infer();
    net_9_reshape_infer();
    net_10_matmul_infer();
    apply_log_softmax_infer();
    apply_mul_infer();
    apply_mul_infer_2();
    apply_neg_infer();
    apply_argmax_infer();
    apply_mul_infer_3();
    apply_softmax_infer();
}

static const pg_stream streams[] = {
    {"digits", 0, -1, 1, 28, 28, 10, false},
};
static const pg_input inputs[] = {
    {{"image", 4, {100, 1, 28, 28}, {1, 1, 1, 1}, {784, 784, 28, 1}, {0, 0, 0, 0}, 78400, NULL}, (void **)&input_image, 0, 'i'},
    {{"label", 1, {100}, {1}, {1}, {0}, 112, NULL}, (void **)&input_label, 0, 'l'},
};
static const pg_parameter parameter_table[] = {
    {{"net.1.weight", 4, {16, 1, 5, 5}, {16, 1, 1, 1}, {400, 400, 80, 16}, {1, 80, 0, 0}, 400, parameters + NET_1_WEIGHT},
      gradients + NET_1_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 25, 400},
    {{"net.5.weight", 4, {32, 16, 3, 3}, {32, 16, 1, 1}, {4608, 4608, 1536, 32}, {1, 96, 0, 0}, 4608, parameters + NET_5_WEIGHT},
      gradients + NET_5_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 144, 288},
    {{"net.10.weight", 2, {10, 800}, {16, 16}, {12800, 256}, {1, 16}, 12800, parameters + NET_10_WEIGHT},
      gradients + NET_10_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 800, 10},
    {{"net.1.bias", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_1_BIAS},
      gradients + NET_1_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.weight", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_WEIGHT},
      gradients + NET_2_WEIGHT, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.2.bias", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_BIAS},
      gradients + NET_2_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.5.bias", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_5_BIAS},
      gradients + NET_5_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.6.weight", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_WEIGHT},
      gradients + NET_6_WEIGHT, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.6.bias", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_BIAS},
      gradients + NET_6_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.10.bias", 1, {10}, {1}, {1}, {0}, 16, parameters + NET_10_BIAS},
      gradients + NET_10_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.running_mean", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_RUNNING_MEAN},
      NULL, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.2.running_var", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_RUNNING_VAR},
      NULL, PG_INIT_CONSTANT, 1, 0, 1, 1},
    {{"net.6.running_mean", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_RUNNING_MEAN},
      NULL, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.6.running_var", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_RUNNING_VAR},
      NULL, PG_INIT_CONSTANT, 1, 0, 1, 1},
};
static const pg_slot slots[] = {
    {"m", 17968, slot_m},
    {"v", 17968, slot_v},
};
static const pg_scalar scalars[] = {
    {"loss", train_loss, infer_loss},
    {"accuracy", train_accuracy, infer_accuracy},
};
static const pg_tensor outputs[] = {
    {"probability", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};
static const pg_tensor tensors[] = {
    {"net.1", 4, {100, 16, 24, 24}, {1, 16, 1, 1}, {9216, 9216, 384, 16}, {0, 1, 0, 0}, 921600, arena + NET_1_ADD},
    {"net.2", 4, {1, 16, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 16, arena + NET_2_CHANNEL_MEAN},
    {"net.2", 4, {1, 16, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 16, arena + NET_2_CHANNEL_VARIANCE},
    {"net.4", 4, {100, 16, 12, 12}, {1, 16, 1, 1}, {2304, 2304, 192, 16}, {0, 1, 0, 0}, 230400, arena + NET_4_MAXPOOL2D},
    {"net.5", 4, {100, 32, 10, 10}, {1, 16, 1, 1}, {3200, 1600, 160, 16}, {0, 1, 0, 0}, 320000, arena + NET_5_ADD},
    {"net.6", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, arena + NET_6_CHANNEL_MEAN},
    {"net.6", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, arena + NET_6_CHANNEL_VARIANCE},
    {"net.8", 4, {100, 32, 5, 5}, {1, 16, 1, 1}, {800, 400, 80, 16}, {0, 1, 0, 0}, 80000, arena + NET_8_MAXPOOL2D},
    {"net.9", 2, {100, 800}, {1, 16}, {16, 1600}, {0, 1}, 80000, arena + NET_9_RESHAPE},
    {"net.10", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + NET_10_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + LOG_SOFTMAX},
    {"reduce_sum", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + REDUCE_SUM},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + MUL},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, train_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, train_accuracy},
    {"mul", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + MUL_3},
    {"net.10", 2, {1, 10}, {1, 16}, {16, 16}, {0, 1}, 16, gradients + NET_10_BIAS},
    {"net.10", 2, {800, 10}, {32, 10}, {320, 320}, {1, 32}, 8000, arena + NET_10_TRANSPOSE},
    {"net.10", 2, {100, 800}, {1, 16}, {16, 1600}, {0, 1}, 80000, arena + NET_10_MATMUL},
    {"net.10", 2, {10, 800}, {16, 16}, {12800, 256}, {1, 16}, 12800, gradients + NET_10_WEIGHT},
    {"net.9", 4, {100, 32, 5, 5}, {1, 16, 1, 1}, {800, 400, 80, 16}, {0, 1, 0, 0}, 80000, arena + NET_9_RESHAPE_2},
    {"net.6", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, gradients + NET_6_BIAS},
    {"net.6", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, gradients + NET_6_WEIGHT},
    {"net.6", 4, {100, 32, 10, 10}, {1, 16, 1, 1}, {3200, 1600, 160, 16}, {0, 1, 0, 0}, 320000, arena + NET_6_MUL},
    {"net.5", 4, {16, 32, 3, 3}, {16, 16, 1, 1}, {4608, 2304, 768, 16}, {1, 48, 0, 0}, 4608, arena + NET_5_FLIP_WEIGHT},
    {"net.5", 4, {100, 16, 12, 12}, {1, 16, 1, 1}, {2304, 2304, 192, 16}, {0, 1, 0, 0}, 230400, arena + NET_5_CONV2D},
    {"net.5", 4, {32, 16, 3, 3}, {32, 16, 1, 1}, {4608, 4608, 1536, 32}, {1, 96, 0, 0}, 4608, gradients + NET_5_WEIGHT},
    {"net.2", 4, {1, 16, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 16, gradients + NET_2_BIAS},
    {"net.2", 4, {1, 16, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 16, gradients + NET_2_WEIGHT},
    {"net.2", 4, {100, 16, 24, 24}, {1, 16, 1, 1}, {9216, 9216, 384, 16}, {0, 1, 0, 0}, 921600, arena + NET_2_MUL},
    {"net.1", 4, {16, 1, 5, 5}, {16, 1, 1, 1}, {400, 400, 80, 16}, {1, 80, 0, 0}, 400, gradients + NET_1_WEIGHT},
    {"net.1", 1, {16}, {1}, {1}, {0}, 16, gradients + NET_1_BIAS},
    {"net.5", 1, {32}, {1}, {1}, {0}, 32, gradients + NET_5_BIAS},
    {"net.2", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_RUNNING_MEAN},
    {"net.2", 1, {16}, {1}, {1}, {0}, 16, parameters + NET_2_RUNNING_VAR},
    {"net.6", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_RUNNING_MEAN},
    {"net.6", 1, {32}, {1}, {1}, {0}, 32, parameters + NET_6_RUNNING_VAR},
    {"net.2", 1, {16}, {1}, {1}, {0}, 16, prepared + INFER_NET_2_MUL},
    {"net.2", 1, {16}, {1}, {1}, {0}, 16, prepared + INFER_NET_2_SUB},
    {"net.2", 4, {16, 1, 5, 5}, {16, 1, 1, 1}, {400, 400, 80, 16}, {1, 80, 0, 0}, 400, prepared + INFER_NET_2_MUL_2},
    {"net.2", 4, {1, 16, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 16, prepared + INFER_NET_2_MUL_3},
    {"net.6", 1, {32}, {1}, {1}, {0}, 32, prepared + INFER_NET_6_MUL},
    {"net.6", 1, {32}, {1}, {1}, {0}, 32, prepared + INFER_NET_6_SUB},
    {"net.6", 4, {32, 16, 3, 3}, {32, 16, 1, 1}, {4608, 4608, 1536, 32}, {1, 96, 0, 0}, 4608, prepared + INFER_NET_6_MUL_2},
    {"net.6", 4, {1, 32, 1, 1}, {1, 16, 1, 1}, {16, 16, 16, 16}, {0, 1, 0, 0}, 32, prepared + INFER_NET_6_MUL_3},
    {"net.4", 4, {100, 16, 12, 12}, {1, 16, 1, 1}, {2304, 2304, 192, 16}, {0, 1, 0, 0}, 230400, arena + INFER_NET_4_MAXPOOL2D},
    {"net.8", 4, {100, 32, 5, 5}, {1, 16, 1, 1}, {800, 400, 80, 16}, {0, 1, 0, 0}, 80000, arena + INFER_NET_8_MAXPOOL2D},
    {"net.9", 2, {100, 800}, {1, 16}, {16, 1600}, {0, 1}, 80000, arena + INFER_NET_9_RESHAPE},
    {"net.10", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_NET_10_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_LOG_SOFTMAX},
    {"mul", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_MUL},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + INFER_MUL_2},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, infer_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, infer_accuracy},
    {"softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};

static const pg_kernel kernels[] = {
    {"net_1_conv2d", "conv2d + add + channel_mean + channel_variance", "digits_convnet.lua:5", PG_FORWARD, 50688000, 4001792, net_1_conv2d, 0, 3},
    {"net_4_maxpool2d", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d", "digits_convnet.lua:5", PG_FORWARD, 5529680, 4608256, net_4_maxpool2d, 3, 1},
    {"net_5_conv2d", "conv2d + add + channel_mean + channel_variance", "digits_convnet.lua:6", PG_FORWARD, 93760000, 2220416, net_5_conv2d, 4, 3},
    {"net_8_maxpool2d", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d", "digits_convnet.lua:6", PG_FORWARD, 1920160, 1600512, net_8_maxpool2d, 7, 1},
    {"net_9_reshape", "reshape", "digits_convnet.lua:7", PG_FORWARD, 0, 640000, net_9_reshape, 8, 1},
    {"net_10_matmul", "matmul + add", "digits_convnet.lua:7", PG_FORWARD, 1601000, 356040, net_10_matmul, 9, 1},
    {"apply_log_softmax", "log_softmax", "digits_convnet.lua:14", PG_FORWARD, 24000, 8000, apply_log_softmax, 10, 1},
    {"apply_reduce_sum", "iota + where_eq + reduce_sum", "digits_convnet.lua:14", PG_FORWARD, 2000, 4800, apply_reduce_sum, 11, 1},
    {"apply_mul", "reduce_sum + mul", "digits_convnet.lua:14", PG_FORWARD, 101, 404, apply_mul, 12, 1},
    {"apply_neg", "neg", "digits_convnet.lua:14", PG_FORWARD, 1, 8, apply_neg, 13, 1},
    {"apply_argmax", "argmax", "digits_convnet.lua:15", PG_FORWARD, 1000, 4400, apply_argmax, 14, 1},
    {"apply_mul_2", "where_eq + reduce_sum + mul", "digits_convnet.lua:15", PG_FORWARD, 201, 804, apply_mul_2, 15, 1},
    {"apply_mul_back", "iota + exp + add + where_eq + mul + reduce_sum", "digits_convnet.lua:14", PG_BACKWARD, 24000, 8440, apply_mul_back, 16, 2},
    {"net_10_transpose_back", "transpose", "digits_convnet.lua:7", PG_BACKWARD, 0, 64000, net_10_transpose_back, 18, 1},
    {"net_10_matmul_back", "matmul", "digits_convnet.lua:7", PG_BACKWARD, 1600000, 356000, net_10_matmul_back, 19, 1},
    {"net_10_matmul_dw_back", "matmul_dw", "digits_convnet.lua:7", PG_BACKWARD, 1600000, 356000, net_10_matmul_dw_back, 20, 1},
    {"net_9_reshape_back", "reshape", "digits_convnet.lua:7", PG_BACKWARD, 0, 640000, net_9_reshape_back, 21, 1},
    {"net_6_reduce_sum_back", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum", "digits_convnet.lua:6", PG_BACKWARD, 3200160, 1600768, net_6_reduce_sum_back, 22, 2},
    {"net_6_mul_back", "add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul", "digits_convnet.lua:6", PG_BACKWARD, 3520256, 2880768, net_6_mul_back, 24, 1},
    {"net_5_flip_weight_back", "flip_weight", "digits_convnet.lua:6", PG_BACKWARD, 0, 36864, net_5_flip_weight_back, 25, 1},
    {"net_5_conv2d_back", "conv2d", "digits_convnet.lua:6", PG_BACKWARD, 132710400, 2220032, net_5_conv2d_back, 26, 1},
    {"net_5_conv2d_dw_back", "conv2d_dw", "digits_convnet.lua:6", PG_BACKWARD, 92160000, 2220032, net_5_conv2d_dw_back, 27, 1},
    {"net_2_reduce_sum_back", "sub + add + rsqrt + mul + mul + add + relu + maxpool2d_grad + where_gt + reduce_sum + mul + reduce_sum", "digits_convnet.lua:5", PG_BACKWARD, 9216080, 4608384, net_2_reduce_sum_back, 28, 2},
    {"net_2_mul_back", "add + rsqrt + mul + sub + mul + mul + add + relu + maxpool2d_grad + where_gt + mul + sub + mul + mul + sub + mul", "digits_convnet.lua:5", PG_BACKWARD, 10137728, 8294784, net_2_mul_back, 30, 1},
    {"net_1_conv2d_dw_back", "conv2d_dw", "digits_convnet.lua:5", PG_BACKWARD, 46080000, 4001600, net_1_conv2d_dw_back, 31, 1},
    {"net_1_broadcast_back", "copy", "digits_convnet.lua:5", PG_BACKWARD, 16, 64, net_1_broadcast_back, 32, 1},
    {"net_5_broadcast_back", "copy", "digits_convnet.lua:6", PG_BACKWARD, 32, 128, net_5_broadcast_back, 33, 1},
    {"net_2_add_update", "mul + mul + add", "digits_convnet.lua:5", PG_UPDATE, 48, 192, net_2_add_update, 34, 1},
    {"net_2_add_update_2", "mul + mul + add", "digits_convnet.lua:5", PG_UPDATE, 48, 192, net_2_add_update_2, 35, 1},
    {"net_6_add_update", "mul + mul + add", "digits_convnet.lua:6", PG_UPDATE, 96, 384, net_6_add_update, 36, 1},
    {"net_6_add_update_2", "mul + mul + add", "digits_convnet.lua:6", PG_UPDATE, 96, 384, net_6_add_update_2, 37, 1},
    {"adam", "adam", "", PG_UPDATE, 287488, 503104, optimize, 0, 0},
    {"net_2_mul_prepare", "add + rsqrt + mul + mul + sub", "digits_convnet.lua:5", PG_PREPARE, 128, 384, net_2_mul_prepare, 38, 2},
    {"net_2_mul_prepare_2", "mul", "digits_convnet.lua:5", PG_PREPARE, 400, 3264, net_2_mul_prepare_2, 40, 1},
    {"net_2_mul_prepare_3", "mul", "digits_convnet.lua:5", PG_PREPARE, 16, 192, net_2_mul_prepare_3, 41, 1},
    {"net_6_mul_prepare", "add + rsqrt + mul + mul + sub", "digits_convnet.lua:6", PG_PREPARE, 256, 768, net_6_mul_prepare, 42, 2},
    {"net_6_mul_prepare_2", "mul", "digits_convnet.lua:6", PG_PREPARE, 4608, 36992, net_6_mul_prepare_2, 44, 1},
    {"net_6_mul_prepare_3", "mul", "digits_convnet.lua:6", PG_PREPARE, 32, 384, net_6_mul_prepare_3, 45, 1},
    {"net_2_conv2d_infer", "conv2d + add + add + relu + maxpool2d", "digits_convnet.lua:5", PG_INFER, 49766400, 1236928, net_2_conv2d_infer, 46, 1},
    {"net_6_conv2d_infer", "conv2d + add + add + relu + maxpool2d", "digits_convnet.lua:6", PG_INFER, 93440000, 1260288, net_6_conv2d_infer, 47, 1},
    {"net_9_reshape_infer", "reshape", "digits_convnet.lua:7", PG_INFER, 0, 640000, net_9_reshape_infer, 48, 1},
    {"net_10_matmul_infer", "matmul + add", "digits_convnet.lua:7", PG_INFER, 1601000, 356040, net_10_matmul_infer, 49, 1},
    {"apply_log_softmax_infer", "log_softmax", "digits_convnet.lua:14", PG_INFER, 24000, 8000, apply_log_softmax_infer, 50, 1},
    {"apply_mul_infer", "iota + where_eq + reduce_sum + valid_mask + mul", "digits_convnet.lua:14", PG_INFER, 2100, 4800, apply_mul_infer, 51, 1},
    {"apply_mul_infer_2", "reduce_sum + mul", "digits_convnet.lua:14", PG_INFER, 101, 404, apply_mul_infer_2, 52, 1},
    {"apply_neg_infer", "neg", "digits_convnet.lua:14", PG_INFER, 1, 8, apply_neg_infer, 53, 1},
    {"apply_argmax_infer", "argmax", "digits_convnet.lua:15", PG_INFER, 1000, 4400, apply_argmax_infer, 54, 1},
    {"apply_mul_infer_3", "where_eq + valid_mask + mul + reduce_sum + mul", "digits_convnet.lua:15", PG_INFER, 301, 804, apply_mul_infer_3, 55, 1},
    {"apply_softmax_infer", "softmax", "digits_convnet.lua:16", PG_INFER, 24000, 8000, apply_softmax_infer, 56, 1},
};
static const pg_rule rules[] = {
    {PG_RULE_DECAY, 4, 0.5},
};

/* The graph as its author wrote it; selftest differentiates and evaluates it anew. */
static const char text[] =
    "graph train batch 100 streams 0\n"
    "%0 = input() {stream=0, field=image, shape=100 1 28 28} \"digits.image\" @digits_convnet.lua:2 : (100, 1, 28, 28)\n"
    "%1 = parameter() {shape=16 1 5 5, init=he_normal 0 0, trained=true, fan_in=25, fan_out=400} \"net.1.weight\" @digits_convnet.lua:5 : (16, 1, 5, 5)\n"
    "%2 = parameter() {shape=16, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.1.bias\" @digits_convnet.lua:5 : (16)\n"
    "%3 = conv2d(%0, %1, %2) {filters=16, kernel=5 5, stride=1 1, pad=0 0, dilation=1 1, groups=1, bias=true, init=he_normal 0 0, bias_init=constant 0 0, shape=} \"net.1\" @digits_convnet.lua:5 : (100, 16, 24, 24)\n"
    "%4 = parameter() {shape=16, init=constant 1 0, trained=true, fan_in=1, fan_out=1} \"net.2.weight\" @digits_convnet.lua:5 : (16)\n"
    "%5 = parameter() {shape=16, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.2.bias\" @digits_convnet.lua:5 : (16)\n"
    "%6 = parameter() {shape=16, init=constant 0 0, trained=false, fan_in=1, fan_out=1} \"net.2.running_mean\" @digits_convnet.lua:5 : (16)\n"
    "%7 = parameter() {shape=16, init=constant 1 0, trained=false, fan_in=1, fan_out=1} \"net.2.running_var\" @digits_convnet.lua:5 : (16)\n"
    "%8 = batchnorm(%3, %4, %5, %6, %7) {affine=affine, momentum=0.10000000000000001, eps=1.0000000000000001e-05} \"net.2\" @digits_convnet.lua:5 : (100, 16, 24, 24)\n"
    "%9 = relu(%8) \"net.3\" @digits_convnet.lua:5 : (100, 16, 24, 24)\n"
    "%10 = maxpool2d(%9) {kernel=2 2, stride=0 0, pad=0 0, shape=} \"net.4\" @digits_convnet.lua:5 : (100, 16, 12, 12)\n"
    "%11 = parameter() {shape=32 16 3 3, init=he_normal 0 0, trained=true, fan_in=144, fan_out=288} \"net.5.weight\" @digits_convnet.lua:6 : (32, 16, 3, 3)\n"
    "%12 = parameter() {shape=32, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.5.bias\" @digits_convnet.lua:6 : (32)\n"
    "%13 = conv2d(%10, %11, %12) {filters=32, kernel=3 3, stride=1 1, pad=0 0, dilation=1 1, groups=1, bias=true, init=he_normal 0 0, bias_init=constant 0 0, shape=} \"net.5\" @digits_convnet.lua:6 : (100, 32, 10, 10)\n"
    "%14 = parameter() {shape=32, init=constant 1 0, trained=true, fan_in=1, fan_out=1} \"net.6.weight\" @digits_convnet.lua:6 : (32)\n"
    "%15 = parameter() {shape=32, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.6.bias\" @digits_convnet.lua:6 : (32)\n"
    "%16 = parameter() {shape=32, init=constant 0 0, trained=false, fan_in=1, fan_out=1} \"net.6.running_mean\" @digits_convnet.lua:6 : (32)\n"
    "%17 = parameter() {shape=32, init=constant 1 0, trained=false, fan_in=1, fan_out=1} \"net.6.running_var\" @digits_convnet.lua:6 : (32)\n"
    "%18 = batchnorm(%13, %14, %15, %16, %17) {affine=affine, momentum=0.10000000000000001, eps=1.0000000000000001e-05} \"net.6\" @digits_convnet.lua:6 : (100, 32, 10, 10)\n"
    "%19 = relu(%18) \"net.7\" @digits_convnet.lua:6 : (100, 32, 10, 10)\n"
    "%20 = maxpool2d(%19) {kernel=2 2, stride=0 0, pad=0 0, shape=} \"net.8\" @digits_convnet.lua:6 : (100, 32, 5, 5)\n"
    "%21 = flatten(%20) \"net.9\" @digits_convnet.lua:7 : (100, 800)\n"
    "%22 = parameter() {shape=10 800, init=he_normal 0 0, trained=true, fan_in=800, fan_out=10} \"net.10.weight\" @digits_convnet.lua:7 : (10, 800)\n"
    "%23 = parameter() {shape=10, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.10.bias\" @digits_convnet.lua:7 : (10)\n"
    "%24 = linear(%21, %22, %23) {features=10, bias=true, init=he_normal 0 0, bias_init=constant 0 0} \"net.10\" @digits_convnet.lua:7 : (100, 10)\n"
    "%25 = input() {stream=0, field=label, shape=100} \"digits.label\" @digits_convnet.lua:2 : (100)\n"
    "%26 = cross_entropy(%24, %25) @digits_convnet.lua:14 : ()\n"
    "%27 = accuracy(%24, %25) @digits_convnet.lua:15 : ()\n"
    "%28 = softmax(%24) @digits_convnet.lua:16 : (100, 10)\n"
    "loss loss = %26\n"
    "metric accuracy = %27\n"
    "output probability = %28\n"
    "";

static const pg_model model = {
    .name = "digits_convnet",
    .source = "digits_convnet.lua",
    .compiler = "perigee 0.1.0",
    .is_double = false,
    .is_fused = true,
    .batch = 100,
    .streams = streams,
    .n_streams = 1,
    .inputs = inputs,
    .n_inputs = 2,
    .parameters = parameter_table,
    .n_parameters = 14,
    .slots = slots,
    .n_slots = 2,
    .scalars = scalars,
    .n_scalars = 2,
    .outputs = outputs,
    .n_outputs = 1,
    .kernels = kernels,
    .n_kernels = 49,
    .tensors = tensors,
    .arena = arena,
    .arena_bytes = 1730144L * sizeof(real),
    .arena_lower_bound = 1730144L * sizeof(real),
    .optimizer = "adam",
    .lr = 0.002,
    .lr_decay = 0,
    .rules = rules,
    .n_rules = 1,
    .epochs = 8,
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
