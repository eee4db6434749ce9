// What the libraries lack. Matrices are row by row; a block of a row's kernels is that row's.

typedef unsigned int u32;
typedef unsigned char u8;
typedef unsigned short u16;

#define NONE 0xffffffffu
#define NEVER -1e30f

// x[row, column] = the sum of the terms of the column's block.
// A term is: dense?, source, values, table (or NONE), first column, width. columns: first term and the one after the last.
extern "C" __global__ void embed(const float *parameters, const u32 *index, const float *dense, const u32 *terms,
                                 const u32 *columns, float *x, u32 rows, u32 width) {
    u32 row = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
    if (column >= width) return;
    float sum = 0.0f;
    for (u32 t = columns[2 * column]; t < columns[2 * column + 1]; t++) {
        const u32 *term = terms + 6 * t;
        u32 values = term[2], table = term[3], j = column - term[4], columns_of_table = term[5];
        if (term[0]) {
            const float *from = dense + (size_t)term[1] * rows + (size_t)row * values;
            if (table == NONE) {
                sum += from[j];
            } else {
                for (u32 v = 0; v < values; v++)
                    sum += from[v] * parameters[table + (size_t)v * columns_of_table + j];
            }
        } else {
            u32 v = index[(size_t)term[1] * rows + row];
            if (v == NONE) continue;
            if (table == NONE)
                sum += v == j ? 1.0f : 0.0f;
            else
                sum += parameters[table + (size_t)v * columns_of_table + j];
        }
    }
    x[(size_t)row * width + column] = sum;
}

// gradient[value, j] += the rows of d at which a use of the table has the value. A use is: source, first column.
extern "C" __global__ void embed_backward(const u32 *index, const u32 *uses, const float *d, float *gradient,
                                          u32 count, u32 rows, u32 width, u32 columns) {
    u32 value = blockIdx.x, j = blockIdx.y * blockDim.x + threadIdx.x, lane = threadIdx.x & 31;
    float sum = 0.0f;
    for (u32 use = 0; use < count; use++) {
        const u32 *values = index + (size_t)uses[2 * use] * rows;
        const float *from = d + uses[2 * use + 1];
        for (u32 first = 0; first < rows; first += 32) {
            u32 row = first + lane;
            u32 hits = __ballot_sync(0xffffffffu, row < rows && values[row] == value);
            for (; hits; hits &= hits - 1)
                if (j < columns) sum += from[(size_t)(first + __ffs(hits) - 1) * width + j];
        }
    }
    if (j < columns) gradient[(size_t)value * columns + j] += sum;
}

// to = from * mask; the place of a value is that in a buffer whose rows are padded.
extern "C" __global__ void drop(const float *from, float *to, u32 rows, u32 width, u32 padded, u32 key, u32 share,
                                float scale) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= (size_t)rows * width) return;
    u32 x = (u32)(i / width * padded + i % width) ^ key;
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    x ^= x >> 16;
    to[i] = x < share ? 0.0f : from[i] * scale;
}

__device__ u16 narrowed(float x) {
    u16 y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
    return y;
}

__device__ float widened(u16 x) {
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

// The power of two that brings the largest magnitude below one; largest, its bits, may be null.
__device__ float scale_of(const u32 *largest) {
    float most = largest ? __uint_as_float(*largest) : 0.0f;
    if (!(most > 0.0f)) return 1.0f;
    int exponent;
    frexpf(most, &exponent);
    return ldexpf(1.0f, -max(exponent, -100));
}

extern "C" __global__ void narrow(const float *from, u16 *to, const u32 *largest, u32 count) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) to[i] = narrowed(from[i] * scale_of(largest));
}

extern "C" __global__ void widen(const u16 *from, float *to, const u32 *largest, u32 count) {
    u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) to[i] = widened(from[i]) / scale_of(largest);
}

// The bits of positive floats are in the order of the floats.
extern "C" __global__ void largest(const float *values, u32 *bits, u32 count) {
    float most = 0.0f;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x)
        most = fmaxf(most, fabsf(values[i]));
    for (u32 far = 16; far; far >>= 1) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, far));
    if ((threadIdx.x & 31) == 0) atomicMax(bits, __float_as_uint(most));
}

__device__ u32 gate_place(u32 i, u32 f, u32 g, u32 o) {
    return blockIdx.z == 0 ? i : blockIdx.z == 1 ? f : blockIdx.z == 2 ? g : o;
}

// weight [inputs, 4 units] to a matrix [units, inputs] for each gate, at its place, in single or half precision.
extern "C" __global__ void spread_gates(const float *weight, void *space, u32 half, u32 inputs, u32 units, u32 i,
                                        u32 f, u32 g, u32 o) {
    __shared__ float tile[32][33];
    u32 at = gate_place(i, f, g, o), x = threadIdx.x;
    for (u32 y = threadIdx.y; y < 32; y += blockDim.y) {
        u32 input = blockIdx.x * 32 + y, unit = blockIdx.y * 32 + x;
        if (input < inputs && unit < units)
            tile[y][x] = weight[((size_t)input * 4 + blockIdx.z) * units + unit];
    }
    __syncthreads();
    for (u32 y = threadIdx.y; y < 32; y += blockDim.y) {
        u32 input = blockIdx.x * 32 + x, unit = blockIdx.y * 32 + y;
        if (input >= inputs || unit >= units) continue;
        size_t to = at + (size_t)unit * inputs + input;
        if (half)
            ((u16 *)space)[to] = narrowed(tile[x][y]);
        else
            ((float *)space)[to] = tile[x][y];
    }
}

// The other way round, over the scale if there is one, added.
extern "C" __global__ void collect_gates(const void *space, float *weight, const u32 *largest, u32 half, u32 inputs,
                                         u32 units, u32 i, u32 f, u32 g, u32 o) {
    __shared__ float tile[32][33];
    u32 at = gate_place(i, f, g, o), x = threadIdx.x;
    for (u32 y = threadIdx.y; y < 32; y += blockDim.y) {
        u32 input = blockIdx.x * 32 + x, unit = blockIdx.y * 32 + y;
        if (input >= inputs || unit >= units) continue;
        size_t from = at + (size_t)unit * inputs + input;
        tile[y][x] = half ? widened(((const u16 *)space)[from]) : ((const float *)space)[from];
    }
    __syncthreads();
    for (u32 y = threadIdx.y; y < 32; y += blockDim.y) {
        u32 input = blockIdx.x * 32 + y, unit = blockIdx.y * 32 + x;
        if (input < inputs && unit < units)
            weight[((size_t)input * 4 + blockIdx.z) * units + unit] += tile[x][y] / scale_of(largest);
    }
}

// x = relu(x + bias).
extern "C" __global__ void bias_relu(float *x, const float *bias, u32 rows, u32 width) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < (size_t)rows * width) x[i] = fmaxf(x[i] + bias[i % width], 0.0f);
}

// d = 0 where y, what relu gave, is 0.
extern "C" __global__ void relu_backward(float *d, const float *y, u32 rows, u32 width) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < (size_t)rows * width && y[i] <= 0.0f) d[i] = 0.0f;
}

// gradient[at[column]] += the sum of the column; 32 by 32 threads.
extern "C" __global__ void column_sums(const float *d, const u32 *at, float *gradient, u32 rows, u32 width) {
    __shared__ float parts[32][33];
    u32 column = blockIdx.x * 32 + threadIdx.x;
    float sum = 0.0f;
    if (column < width)
        for (u32 row = threadIdx.y; row < rows; row += 32) sum += d[(size_t)row * width + column];
    parts[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < width) {
        float total = 0.0f;
        for (u32 y = 0; y < 32; y++) total += parts[y][threadIdx.x];
        gradient[at[column]] += total;
    }
}

// The logit of a class: the dense layer's and what the experts that have a key say.
// An expert is: source of the key, first column, outputs, then the places in maps of its
// speaks [keys, classes], order [keys, classes] and starts [keys, outputs + 1].
__device__ float logit(const float *outputs, const float *parameters, const u32 *bias, const u32 *index,
                       const u32 *experts, u32 count, const u32 *maps, u32 rows, u32 classes, u32 row, u32 c) {
    float z = outputs[c] + parameters[bias[c]];
    for (u32 e = 0; e < count; e++) {
        const u32 *expert = experts + 6 * e;
        u32 key = index[(size_t)expert[0] * rows + row];
        if (key == NONE) continue;
        u32 o = maps[expert[3] + (size_t)key * classes + c];
        if (o != NONE) z += outputs[expert[1] + o] + parameters[bias[expert[1] + o]];
    }
    return z;
}

// to [rows, classes] = the logits of a row.
extern "C" __global__ void head_logits(const float *outputs, const float *parameters, const u32 *bias,
                                       const u32 *index, const u32 *experts, const u32 *maps, float *to, u32 count,
                                       u32 rows, u32 classes, u32 width) {
    u32 row = blockIdx.x;
    const float *from = outputs + (size_t)row * width;
    for (u32 c = threadIdx.x; c < classes; c += blockDim.x)
        to[(size_t)row * classes + c] =
            logit(from, parameters, bias, index, experts, count, maps, rows, classes, row, c);
}

// Over the 128 threads of a block.
__device__ float reduced(float x, bool largest) {
    __shared__ float parts[4];
    for (u32 far = 16; far; far >>= 1) {
        float other = __shfl_xor_sync(0xffffffffu, x, far);
        x = largest ? fmaxf(x, other) : x + other;
    }
    __syncthreads();
    if ((threadIdx.x & 31) == 0) parts[threadIdx.x >> 5] = x;
    __syncthreads();
    x = parts[0];
    for (u32 w = 1; w < 4; w++) x = largest ? fmaxf(x, parts[w]) : x + parts[w];
    return x;
}

// The cross-entropy of each row, plain and smoothed, and scale times its gradient in place of the outputs.
// One block of 128 threads for each row; allowed may be null.
extern "C" __global__ void head_loss(float *outputs, const float *parameters, const u32 *bias, const u32 *index,
                                     const u32 *targets, const u8 *allowed, const u32 *experts, const u32 *maps,
                                     float *losses, u32 count, u32 rows, u32 classes, u32 width, float smoothing,
                                     float scale) {
    u32 row = blockIdx.x, target = targets[row], thread = threadIdx.x;
    float *d = outputs + (size_t)row * width;
    if (allowed) allowed += (size_t)row * classes;
    if (target == NONE) {
        for (u32 c = thread; c < width; c += 128) d[c] = 0.0f;
        if (thread < 2) losses[2 * (size_t)row + thread] = 0.0f;
        return;
    }
    float most = NEVER, mean = 0.0f, kinds = 0.0f, sum = 0.0f;
    for (u32 c = thread; c < classes; c += 128) {
        float z = logit(d, parameters, bias, index, experts, count, maps, rows, classes, row, c);
        if (allowed && !allowed[c]) z = NEVER;
        d[c] = z;
        most = fmaxf(most, z);
        if (z > NEVER / 2) {
            mean += z;
            kinds += 1.0f;
        }
    }
    most = reduced(most, true);
    mean = reduced(mean, false);
    kinds = fmaxf(reduced(kinds, false), 1.0f);
    for (u32 c = thread; c < classes; c += 128) sum += expf(d[c] - most);
    sum = reduced(sum, false);
    float wanted = d[target];
    __syncthreads();
    for (u32 c = thread; c < classes; c += 128) {
        float p = expf(d[c] - most) * (scale / sum);
        if (c == target) p -= scale * (1.0f - smoothing);
        p -= scale * smoothing / kinds;
        d[c] = allowed && !allowed[c] ? 0.0f : p;
    }
    if (thread == 0) {
        float log = most + logf(sum), nats = log - wanted;
        losses[2 * (size_t)row] = nats;
        losses[2 * (size_t)row + 1] = (1.0f - smoothing) * nats + smoothing * (log - mean / kinds);
    }
    __syncthreads();
    for (u32 e = 0; e < count; e++) {
        const u32 *expert = experts + 6 * e;
        u32 key = index[(size_t)expert[0] * rows + row], of = expert[2];
        for (u32 o = thread; o < of; o += 128) {
            float share = 0.0f;
            if (key != NONE) {
                const u32 *order = maps + expert[4] + (size_t)key * classes;
                const u32 *starts = maps + expert[5] + (size_t)key * (of + 1);
                for (u32 i = starts[o]; i < starts[o + 1]; i++) share += d[order[i]];
            }
            d[expert[1] + o] = share;
        }
    }
}
