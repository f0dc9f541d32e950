/*
 * mnist_mlp: a trainer generated from mnist_mlp.lua by perigee 0.1.0. Do not edit.
 *
 * command     perigee build mnist_mlp.lua
 * batch       100
 * parameters  205072 elements, of them 205072 trained
 * training    14 kernels, arena 55360 elements (lower bound 55360)
 * inference   9 kernels, arena 27200 elements (lower bound 27200)
 */
#define PG_LANES 16
#include "pg.h"
#include "pg_vec.h"

/* Parameters, in elements from the start; gradients lie alike. */
enum {
    NET_2_WEIGHT = 0, /* (256, 784) */
    NET_4_WEIGHT = 200704, /* (10, 256) */
    NET_2_BIAS = 204800, /* (256) */
    NET_4_BIAS = 205056, /* (10) */
};

/* Training: where activations lie in the arena, and from which kernel to which. */
enum {
    NET_3_RELU = 0, /* (100, 256), kernels 1 to 12 */
    NET_4_ADD = 25600, /* (100, 10), kernels 2 to 7 */
    LOG_SOFTMAX = 53760, /* (100, 10), kernels 3 to 9 */
    REDUCE_SUM = 27200, /* (100, 1), kernels 4 to 5 */
    MUL = 27312, /* (1, 1), kernels 5 to 6 */
    ARGMAX = 27200, /* (100, 1), kernels 7 to 8 */
    MUL_3 = 53760, /* (100, 10), kernels 9 to 12 */
    NET_4_TRANSPOSE = 51200, /* (256, 10), kernels 10 to 12 */
    NET_3_WHERE_GT = 25600, /* (100, 256), kernels 12 to 14 */
};

/* Inference: where activations lie in the arena, and from which kernel to which. */
enum {
    INFER_NET_3_RELU = 0, /* (100, 256), kernels 1 to 2 */
    INFER_NET_4_ADD = 25600, /* (100, 10), kernels 2 to 9 */
    INFER_LOG_SOFTMAX = 0, /* (100, 10), kernels 3 to 4 */
    INFER_MUL = 1600, /* (100, 1), kernels 4 to 5 */
    INFER_MUL_2 = 0, /* (1, 1), kernels 5 to 6 */
    INFER_ARGMAX = 0, /* (100, 1), kernels 7 to 8 */
    INFER_SOFTMAX = 0, /* (100, 10), kernels 9 to 10 */
};

static real parameters[205088] __attribute__((aligned(64)));
static real gradients[205088] __attribute__((aligned(64)));
static real slot_m[205088] __attribute__((aligned(64)));
static real slot_v[205088] __attribute__((aligned(64)));
static real arena[55376] __attribute__((aligned(64)));
static real train_loss[L], infer_loss[L];
static real train_accuracy[L], infer_accuracy[L];
static const real *input_image; /* (100, 784) */
static const real *input_label; /* (100) */
static pg_clock clock;

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_2_matmul_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 784, TILE = 13, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 25088 };
    const real *restrict image = input_image; /* (100, 784) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (256, 784) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 256) */
    real *restrict net_3_relu = arena + NET_3_RELU; /* (100, 256) */
    const real *fp = net_2_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = image + n0 * X_ROW + cb * X_BLOCK;
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
            const vec v_net_2_bias = ld(net_2_bias + (group * KV + k) * 16);
            st(net_3_relu + (n0 + i) * 16 + (group * KV + k) * 1600, vmax(acc[i][k] + v_net_2_bias, splat(0)));
        }
    }
}

/*
 * matmul + add + relu
 * mnist_mlp.lua:6  net.2
 * 40.2 MFLOP, 1.22 MB
 */
static void net_2_matmul(void)
{
    PARALLEL_FOR (unit, 64) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            net_2_matmul_tile(n0, 13, 2, group);
        } else {
            net_2_matmul_tile(n0, 12, 2, group);
        }
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_4_matmul_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 256, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 4096 };
    const real *restrict net_3_relu = arena + NET_3_RELU; /* (100, 256) */
    const real *restrict net_4_weight = parameters + NET_4_WEIGHT; /* (10, 256) */
    const real *restrict net_4_bias = parameters + NET_4_BIAS; /* (1, 10) */
    real *restrict net_4_add = arena + NET_4_ADD; /* (100, 10) */
    const real *fp = net_4_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_3_relu + n0 * X_ROW + cb * X_BLOCK;
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
            const vec v_net_4_bias = ld(net_4_bias + group * 16);
            st(net_4_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_4_bias);
        }
    }
}

/*
 * matmul + add
 * mnist_mlp.lua:7  net.4
 * 0.513 MFLOP, 0.117 MB
 */
static void net_4_matmul(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_4_matmul_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * mnist_mlp.lua:14
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax(void)
{
    const real *restrict net_4_add = arena + NET_4_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_4_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_4_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_4_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:15
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax(void)
{
    const real *restrict net_4_add = arena + NET_4_ADD; /* (100, 10) */
    real *restrict argmax = arena + ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_4_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_4_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + reduce_sum + mul
 * mnist_mlp.lua:15
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
 * mnist_mlp.lua:14
 * 0.024 MFLOP, 0.00844 MB
 */
static void apply_mul_back(void)
{
    const real *restrict label = input_label; /* (100, 1) */
    const real *log_softmax = arena + LOG_SOFTMAX; /* (100, 10) */
    real *mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_4_reduce_sum = gradients + NET_4_BIAS; /* (1, 10) */
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
        st(net_4_reduce_sum, whole0);
    }
    memset(gradients + NET_4_BIAS + 10, 0, 6 * sizeof(real)); /* padding */
}

/*
 * transpose
 * mnist_mlp.lua:7  net.4
 * 0 MFLOP, 0.0205 MB
 */
static void net_4_transpose_back(void)
{
    const real *restrict net_4_weight = parameters + NET_4_WEIGHT; /* (10, 256) */
    real *restrict net_4_transpose = arena + NET_4_TRANSPOSE; /* (256, 10) */
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 10; b++) {
            net_4_transpose[(a) / 32 * 320L + (a) % 32 * 1L + (b) * 32L] = net_4_weight[(b) / 16 * 4096L + (b) % 16 * 1L + (a) * 16L];
        }
    }
}

/* Inputs c0 ... c0 + inputs - 1, kv vectors of features, summed over the batch. */
INLINE void net_4_matmul_dw_back_tile(int c0, const int inputs, const int kv, int group)
{
    enum { N = 100, TILE = 8, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, DY_ROW = 16, DY_BLOCK = 1600 };
    const real *restrict net_3_relu = arena + NET_3_RELU; /* (100, 256) */
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    real *restrict net_4_matmul_dw = gradients + NET_4_WEIGHT; /* (10, 256) */
    const real *xp = net_3_relu + c0 / BLOCK * X_BLOCK + c0 % BLOCK * X_CHANNEL;
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
    real *out = net_4_matmul_dw + group * 4096L + c0 / BLOCK * 256L + c0 % BLOCK * KV * L;
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            st(out + (i * KV + k) * L, group * KV + k < 0 ? acc[i][k] : first_lanes(acc[i][k], 10, 0));
    }
}

/*
 * matmul_dw
 * mnist_mlp.lua:7  net.4
 * 0.512 MFLOP, 0.117 MB
 */
static void net_4_matmul_dw_back(void)
{
    PARALLEL_FOR (unit, 32) {
        const int tile = (int)(unit % 32);
        enum { group = 0 };
        net_4_matmul_dw_back_tile(tile * 8, 8, 1, group);
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_4_matmul_back_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 10, TILE = 13, KV = 2, BLOCK = 10 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 320 };
    const real *restrict net_3_relu = arena + NET_3_RELU; /* (100, 256) */
    const real *restrict mul_3 = arena + MUL_3; /* (100, 10) */
    const real *restrict net_4_transpose = arena + NET_4_TRANSPOSE; /* (256, 10) */
    real *restrict net_3_where_gt = arena + NET_3_WHERE_GT; /* (100, 256) */
    const real *fp = net_4_transpose + group * (long)F_GROUP;
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
            const vec v_net_3_relu = ld(net_3_relu + (n0 + i) * 16 + (group * KV + k) * 1600);
            st(net_3_where_gt + (n0 + i) * 16 + (group * KV + k) * 1600, vgt(v_net_3_relu, splat(0), acc[i][k], splat(0)));
        }
    }
}

/*
 * matmul + where_gt
 * mnist_mlp.lua:7  net.4
 * 0.538 MFLOP, 0.219 MB
 */
static void net_4_matmul_back(void)
{
    PARALLEL_FOR (unit, 64) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            net_4_matmul_back_tile(n0, 13, 2, group);
        } else {
            net_4_matmul_back_tile(n0, 12, 2, group);
        }
    }
}

/*
 * reduce_sum
 * mnist_mlp.lua:6  net.2
 * 0.0256 MFLOP, 0.103 MB
 */
static void net_2_reduce_sum_back(void)
{
    const real *restrict net_3_where_gt = arena + NET_3_WHERE_GT; /* (100, 256) */
    real *restrict net_2_reduce_sum = gradients + NET_2_BIAS; /* (1, 256) */
    real *restrict scratch = arena + 0;
    PARALLEL_FOR (unit, 32) {
        const int part = (int)(unit % 2);
        const int c = (int)(unit / 2);
        vec sum0 = splat(0);
        for (int n = part * 100 / 2; n < (part + 1) * 100 / 2; n++) {
            const vec v_net_3_where_gt = ld(net_3_where_gt + n * 16 + c * 1600);
            sum0 += v_net_3_where_gt;
        }
        real *mine = scratch + (((c) * 2 + part) * 2) * L;
        st(mine + 0 * L, sum0);
    }
    for (int c = 0; c < 16; c++) {
        vec sum0 = splat(0);
        for (int part = 0; part < 2; part++)
            sum0 += ld(scratch + (((c) * 2 + part) * 2 + 0) * L);
        st(net_2_reduce_sum + c * 16, sum0);
    }
}

/* Inputs c0 ... c0 + inputs - 1, kv vectors of features, summed over the batch. */
INLINE void net_2_matmul_dw_back_tile(int c0, const int inputs, const int kv, int group)
{
    enum { N = 100, TILE = 8, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, DY_ROW = 16, DY_BLOCK = 1600 };
    const real *restrict image = input_image; /* (100, 784) */
    const real *restrict net_3_where_gt = arena + NET_3_WHERE_GT; /* (100, 256) */
    real *restrict net_2_matmul_dw = gradients + NET_2_WEIGHT; /* (256, 784) */
    const real *xp = image + c0 / BLOCK * X_BLOCK + c0 % BLOCK * X_CHANNEL;
    const real *dp = net_3_where_gt + group * KV * (long)DY_BLOCK;
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
    real *out = net_2_matmul_dw + group * 25088L + c0 / BLOCK * 512L + c0 % BLOCK * KV * L;
    UNROLL for (int i = 0; i < inputs; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            st(out + (i * KV + k) * L, acc[i][k]);
    }
}

/*
 * matmul_dw
 * mnist_mlp.lua:6  net.2
 * 40.1 MFLOP, 1.22 MB
 */
static void net_2_matmul_dw_back(void)
{
    PARALLEL_FOR (unit, 784) {
        const int tile = (int)(unit % 98);
        const int group = (int)(unit / 98);
        net_2_matmul_dw_back_tile(tile * 8, 8, 2, group);
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

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_2_matmul_infer_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 784, TILE = 13, KV = 2, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 25088 };
    const real *restrict image = input_image; /* (100, 784) */
    const real *restrict net_2_weight = parameters + NET_2_WEIGHT; /* (256, 784) */
    const real *restrict net_2_bias = parameters + NET_2_BIAS; /* (1, 256) */
    real *restrict net_3_relu = arena + INFER_NET_3_RELU; /* (100, 256) */
    const real *fp = net_2_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = image + n0 * X_ROW + cb * X_BLOCK;
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
            const vec v_net_2_bias = ld(net_2_bias + (group * KV + k) * 16);
            st(net_3_relu + (n0 + i) * 16 + (group * KV + k) * 1600, vmax(acc[i][k] + v_net_2_bias, splat(0)));
        }
    }
}

/*
 * matmul + add + relu
 * mnist_mlp.lua:6  net.2
 * 40.2 MFLOP, 1.22 MB
 */
static void net_2_matmul_infer(void)
{
    PARALLEL_FOR (unit, 64) {
        const int tile = (int)(unit % 8);
        const int group = (int)(unit / 8);
        const int n0 = tile * 100 / 8, rows = (tile + 1) * 100 / 8 - n0;
        if (rows == 13) {
            net_2_matmul_infer_tile(n0, 13, 2, group);
        } else {
            net_2_matmul_infer_tile(n0, 12, 2, group);
        }
    }
}

/* Rows n0 ... n0 + rows - 1, kv vectors of features. */
INLINE void net_4_matmul_infer_tile(int n0, const int rows, const int kv, int group)
{
    enum { C = 256, TILE = 25, KV = 1, BLOCK = 16 };
    enum { X_ROW = 16, X_BLOCK = 1600, X_CHANNEL = 1, F_GROUP = 4096 };
    const real *restrict net_3_relu = arena + INFER_NET_3_RELU; /* (100, 256) */
    const real *restrict net_4_weight = parameters + NET_4_WEIGHT; /* (10, 256) */
    const real *restrict net_4_bias = parameters + NET_4_BIAS; /* (1, 10) */
    real *restrict net_4_add = arena + INFER_NET_4_ADD; /* (100, 10) */
    const real *fp = net_4_weight + group * (long)F_GROUP;
    vec acc[TILE][KV];
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int k = 0; k < kv; k++)
            acc[i][k] = splat(0);
    }
    for (int cb = 0; cb * BLOCK < C; cb++) {
        const real *xp = net_3_relu + n0 * X_ROW + cb * X_BLOCK;
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
            const vec v_net_4_bias = ld(net_4_bias + group * 16);
            st(net_4_add + (n0 + i) * 16 + group * 1600, acc[i][k] + v_net_4_bias);
        }
    }
}

/*
 * matmul + add
 * mnist_mlp.lua:7  net.4
 * 0.513 MFLOP, 0.117 MB
 */
static void net_4_matmul_infer(void)
{
    PARALLEL_FOR (unit, 4) {
        const int tile = (int)(unit % 4);
        enum { group = 0 };
        const int n0 = tile * 100 / 4, rows = (tile + 1) * 100 / 4 - n0;
        (void)rows;
        net_4_matmul_infer_tile(n0, 25, 1, group);
    }
}

/*
 * log_softmax
 * mnist_mlp.lua:14
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_log_softmax_infer(void)
{
    const real *restrict net_4_add = arena + INFER_NET_4_ADD; /* (100, 10) */
    real *restrict log_softmax = arena + INFER_LOG_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_4_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_4_add - highest), lanes, 0);
        }
        const vec shift = highest + vlog(splat(sum_lanes(sum)));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            st(log_softmax + n * 16 + c * 1600, v_net_4_add - shift);
        }
    }
}

/*
 * iota + where_eq + reduce_sum + valid_mask + mul
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:14
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
 * mnist_mlp.lua:15
 * 0.001 MFLOP, 0.0044 MB
 */
static void apply_argmax_infer(void)
{
    const real *restrict net_4_add = arena + INFER_NET_4_ADD; /* (100, 10) */
    real *restrict argmax = arena + INFER_ARGMAX; /* (100, 1) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_4_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        real first = 0;
        for (int c = 0; c >= 0; c--) {
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            for (int i = 10 < L ? 9 : L - 1; i >= 0; i--) {
                if (c * L + i < 10 && v_net_4_add[i] == highest[0])
                    first = (real)(c * L + i);
            }
        }
        argmax[n] = splat(first)[0];
    }
}

/*
 * where_eq + valid_mask + mul + reduce_sum + mul
 * mnist_mlp.lua:15
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
 * mnist_mlp.lua:16
 * 0.024 MFLOP, 0.008 MB
 */
static void apply_softmax_infer(void)
{
    const real *restrict net_4_add = arena + INFER_NET_4_ADD; /* (100, 10) */
    real *restrict softmax = arena + INFER_SOFTMAX; /* (100, 10) */
    for (int n = 0; n < 100; n++) {
        vec most = splat(-INFINITY);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            most = vmax(most, first_lanes(v_net_4_add, lanes, -INFINITY));
        }
        const vec highest = splat(max_lanes(most));
        vec sum = splat(0);
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            sum += first_lanes(vexp(v_net_4_add - highest), lanes, 0);
        }
        const vec share = splat(1) / splat(sum_lanes(sum));
        for (int c = 0; c < 1; c++) {
            const int lanes = 10;
            (void)lanes;
            const vec v_net_4_add = ld(net_4_add + n * 16 + c * 1600);
            st(softmax + n * 16 + c * 1600, vexp(v_net_4_add - highest) * share);
        }
    }
}

static void forward(void)
{
    net_2_matmul();
    net_4_matmul();
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
    net_4_transpose_back();
    net_4_matmul_dw_back();
    net_4_matmul_back();
    net_2_reduce_sum_back();
    net_2_matmul_dw_back();
}

static void optimize(void)
{
    const real lr = (real)clock.lr;
    const real correction1 = (real)(1 / (1 - pow(0.90000000000000002, clock.step + 1.0)));
    const real correction2 = (real)(1 / (1 - pow(0.999, clock.step + 1.0)));
    adam(0, 205072, parameters, gradients, slot_m, slot_v, &correction1, &correction2, &lr);
}

static void update(void)
{
    optimize();
}

static void prepare(void)
{
}

static void infer(void)
{
    net_2_matmul_infer();
    net_4_matmul_infer();
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
    {{"image", 2, {100, 784}, {1, 16}, {16, 1600}, {0, 1}, 78400, NULL}, (void **)&input_image, 0, 'i'},
    {{"label", 1, {100}, {1}, {1}, {0}, 112, NULL}, (void **)&input_label, 0, 'l'},
};
static const pg_parameter parameter_table[] = {
    {{"net.2.weight", 2, {256, 784}, {32, 16}, {25088, 512}, {1, 32}, 200704, parameters + NET_2_WEIGHT},
      gradients + NET_2_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 784, 256},
    {{"net.4.weight", 2, {10, 256}, {16, 16}, {4096, 256}, {1, 16}, 4096, parameters + NET_4_WEIGHT},
      gradients + NET_4_WEIGHT, PG_INIT_HE_NORMAL, 0, 0, 256, 10},
    {{"net.2.bias", 1, {256}, {1}, {1}, {0}, 256, parameters + NET_2_BIAS},
      gradients + NET_2_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
    {{"net.4.bias", 1, {10}, {1}, {1}, {0}, 16, parameters + NET_4_BIAS},
      gradients + NET_4_BIAS, PG_INIT_CONSTANT, 0, 0, 1, 1},
};
static const pg_slot slots[] = {
    {"m", 205072, slot_m},
    {"v", 205072, slot_v},
};
static const pg_scalar scalars[] = {
    {"loss", train_loss, infer_loss},
    {"accuracy", train_accuracy, infer_accuracy},
};
static const pg_tensor outputs[] = {
    {"probability", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};
static const pg_tensor tensors[] = {
    {"net.3", 2, {100, 256}, {1, 16}, {16, 1600}, {0, 1}, 25600, arena + NET_3_RELU},
    {"net.4", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + NET_4_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + LOG_SOFTMAX},
    {"reduce_sum", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + REDUCE_SUM},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + MUL},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, train_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, train_accuracy},
    {"mul", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + MUL_3},
    {"net.4", 2, {1, 10}, {1, 16}, {16, 16}, {0, 1}, 16, gradients + NET_4_BIAS},
    {"net.4", 2, {256, 10}, {32, 10}, {320, 320}, {1, 32}, 2560, arena + NET_4_TRANSPOSE},
    {"net.4", 2, {10, 256}, {16, 16}, {4096, 256}, {1, 16}, 4096, gradients + NET_4_WEIGHT},
    {"net.3", 2, {100, 256}, {1, 16}, {16, 1600}, {0, 1}, 25600, arena + NET_3_WHERE_GT},
    {"net.2", 2, {1, 256}, {1, 16}, {16, 16}, {0, 1}, 256, gradients + NET_2_BIAS},
    {"net.2", 2, {256, 784}, {32, 16}, {25088, 512}, {1, 32}, 200704, gradients + NET_2_WEIGHT},
    {"net.3", 2, {100, 256}, {1, 16}, {16, 1600}, {0, 1}, 25600, arena + INFER_NET_3_RELU},
    {"net.4", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_NET_4_ADD},
    {"log_softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_LOG_SOFTMAX},
    {"mul", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_MUL},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, arena + INFER_MUL_2},
    {"neg", 0, {0}, {0}, {0}, {0}, 16, infer_loss},
    {"argmax", 2, {100, 1}, {1, 1}, {1, 1}, {0, 0}, 112, arena + INFER_ARGMAX},
    {"mul", 2, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 16, infer_accuracy},
    {"softmax", 2, {100, 10}, {1, 16}, {16, 1600}, {0, 1}, 1600, arena + INFER_SOFTMAX},
};

static const pg_kernel kernels[] = {
    {"net_2_matmul", "matmul + add + relu", "mnist_mlp.lua:6", PG_FORWARD, 40192000, 1219840, net_2_matmul, 0, 1},
    {"net_4_matmul", "matmul + add", "mnist_mlp.lua:7", PG_FORWARD, 513000, 116680, net_4_matmul, 1, 1},
    {"apply_log_softmax", "log_softmax", "mnist_mlp.lua:14", PG_FORWARD, 24000, 8000, apply_log_softmax, 2, 1},
    {"apply_reduce_sum", "iota + where_eq + reduce_sum", "mnist_mlp.lua:14", PG_FORWARD, 2000, 4800, apply_reduce_sum, 3, 1},
    {"apply_mul", "reduce_sum + mul", "mnist_mlp.lua:14", PG_FORWARD, 101, 404, apply_mul, 4, 1},
    {"apply_neg", "neg", "mnist_mlp.lua:14", PG_FORWARD, 1, 8, apply_neg, 5, 1},
    {"apply_argmax", "argmax", "mnist_mlp.lua:15", PG_FORWARD, 1000, 4400, apply_argmax, 6, 1},
    {"apply_mul_2", "where_eq + reduce_sum + mul", "mnist_mlp.lua:15", PG_FORWARD, 201, 804, apply_mul_2, 7, 1},
    {"apply_mul_back", "iota + exp + add + where_eq + mul + reduce_sum", "mnist_mlp.lua:14", PG_BACKWARD, 24000, 8440, apply_mul_back, 8, 2},
    {"net_4_transpose_back", "transpose", "mnist_mlp.lua:7", PG_BACKWARD, 0, 20480, net_4_transpose_back, 10, 1},
    {"net_4_matmul_dw_back", "matmul_dw", "mnist_mlp.lua:7", PG_BACKWARD, 512000, 116640, net_4_matmul_dw_back, 11, 1},
    {"net_4_matmul_back", "matmul + where_gt", "mnist_mlp.lua:7", PG_BACKWARD, 537600, 219040, net_4_matmul_back, 12, 1},
    {"net_2_reduce_sum_back", "reduce_sum", "mnist_mlp.lua:6", PG_BACKWARD, 25600, 103424, net_2_reduce_sum_back, 13, 1},
    {"net_2_matmul_dw_back", "matmul_dw", "mnist_mlp.lua:6", PG_BACKWARD, 40140800, 1218816, net_2_matmul_dw_back, 14, 1},
    {"adam", "adam", "", PG_UPDATE, 3281152, 5742016, optimize, 0, 0},
    {"net_2_matmul_infer", "matmul + add + relu", "mnist_mlp.lua:6", PG_INFER, 40192000, 1219840, net_2_matmul_infer, 15, 1},
    {"net_4_matmul_infer", "matmul + add", "mnist_mlp.lua:7", PG_INFER, 513000, 116680, net_4_matmul_infer, 16, 1},
    {"apply_log_softmax_infer", "log_softmax", "mnist_mlp.lua:14", PG_INFER, 24000, 8000, apply_log_softmax_infer, 17, 1},
    {"apply_mul_infer", "iota + where_eq + reduce_sum + valid_mask + mul", "mnist_mlp.lua:14", PG_INFER, 2100, 4800, apply_mul_infer, 18, 1},
    {"apply_mul_infer_2", "reduce_sum + mul", "mnist_mlp.lua:14", PG_INFER, 101, 404, apply_mul_infer_2, 19, 1},
    {"apply_neg_infer", "neg", "mnist_mlp.lua:14", PG_INFER, 1, 8, apply_neg_infer, 20, 1},
    {"apply_argmax_infer", "argmax", "mnist_mlp.lua:15", PG_INFER, 1000, 4400, apply_argmax_infer, 21, 1},
    {"apply_mul_infer_3", "where_eq + valid_mask + mul + reduce_sum + mul", "mnist_mlp.lua:15", PG_INFER, 301, 804, apply_mul_infer_3, 22, 1},
    {"apply_softmax_infer", "softmax", "mnist_mlp.lua:16", PG_INFER, 24000, 8000, apply_softmax_infer, 23, 1},
};
static const pg_rule rules[] = {
    {PG_RULE_DECAY, 3, 0.5},
};

/* The graph as its author wrote it; selftest differentiates and evaluates it anew. */
static const char text[] =
    "graph train batch 100 streams 0\n"
    "%0 = input() {stream=0, field=image, shape=100 1 28 28} \"digits.image\" @mnist_mlp.lua:2 : (100, 1, 28, 28)\n"
    "%1 = flatten(%0) \"net.1\" @mnist_mlp.lua:5 : (100, 784)\n"
    "%2 = parameter() {shape=256 784, init=he_normal 0 0, trained=true, fan_in=784, fan_out=256} \"net.2.weight\" @mnist_mlp.lua:6 : (256, 784)\n"
    "%3 = parameter() {shape=256, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.2.bias\" @mnist_mlp.lua:6 : (256)\n"
    "%4 = linear(%1, %2, %3) {features=256, bias=true, init=he_normal 0 0, bias_init=constant 0 0} \"net.2\" @mnist_mlp.lua:6 : (100, 256)\n"
    "%5 = relu(%4) \"net.3\" @mnist_mlp.lua:6 : (100, 256)\n"
    "%6 = parameter() {shape=10 256, init=he_normal 0 0, trained=true, fan_in=256, fan_out=10} \"net.4.weight\" @mnist_mlp.lua:7 : (10, 256)\n"
    "%7 = parameter() {shape=10, init=constant 0 0, trained=true, fan_in=1, fan_out=1} \"net.4.bias\" @mnist_mlp.lua:7 : (10)\n"
    "%8 = linear(%5, %6, %7) {features=10, bias=true, init=he_normal 0 0, bias_init=constant 0 0} \"net.4\" @mnist_mlp.lua:7 : (100, 10)\n"
    "%9 = input() {stream=0, field=label, shape=100} \"digits.label\" @mnist_mlp.lua:2 : (100)\n"
    "%10 = cross_entropy(%8, %9) @mnist_mlp.lua:14 : ()\n"
    "%11 = accuracy(%8, %9) @mnist_mlp.lua:15 : ()\n"
    "%12 = softmax(%8) @mnist_mlp.lua:16 : (100, 10)\n"
    "loss loss = %10\n"
    "metric accuracy = %11\n"
    "output probability = %12\n"
    "";

static const pg_model model = {
    .name = "mnist_mlp",
    .source = "mnist_mlp.lua",
    .compiler = "perigee 0.1.0",
    .is_double = false,
    .is_fused = true,
    .batch = 100,
    .streams = streams,
    .n_streams = 1,
    .inputs = inputs,
    .n_inputs = 2,
    .parameters = parameter_table,
    .n_parameters = 4,
    .slots = slots,
    .n_slots = 2,
    .scalars = scalars,
    .n_scalars = 2,
    .outputs = outputs,
    .n_outputs = 1,
    .kernels = kernels,
    .n_kernels = 24,
    .tensors = tensors,
    .arena = arena,
    .arena_bytes = 55360L * sizeof(real),
    .arena_lower_bound = 55360L * sizeof(real),
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
