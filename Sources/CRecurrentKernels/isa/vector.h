// The vocabulary that every kernel is written in: vectors of RK_WIDTH floats and their few operations.
//
// Include it between RK_TARGET_BEGIN and RK_TARGET_END (or the baseline pair) of isa/target.h, after defining RK_WIDTH:
// 4, 8 or 16. Beyond what is declared here the kernels use the operators of vector types, which act lane by lane and
// follow IEEE 754: + - * / < > & | ^ ~ << >>, and casts between rk_vec and rk_ivec, which keep the bits. One operand
// may be a scalar. Comparisons give an rk_ivec of all ones or all zeros a lane.
//
// What differs between instruction sets, all of it in this file: fma where the compiler is gcc, the pin, and the
// partial load and store, for which AVX2 and AVX-512 have instructions that never touch the lanes masked out.
#ifndef RK_VECTOR_H
#define RK_VECTOR_H

typedef float rk_vec __attribute__((vector_size(4 * RK_WIDTH)));
typedef int32_t rk_ivec __attribute__((vector_size(4 * RK_WIDTH)));
/// An rk_vec in memory, where it needs no more than the alignment of a float.
typedef float rk_vec_in_memory __attribute__((vector_size(4 * RK_WIDTH), aligned(4), may_alias));

/// A vector with `value` in every lane. The bits are kept, even of -0: that is why the zero is subtracted, not added.
RK_INLINE rk_vec rk_splat(float value) { return value - (rk_vec){0}; }

RK_INLINE rk_vec rk_load(const float *p) { return *(const rk_vec_in_memory *)p; }
RK_INLINE void rk_store(float *p, rk_vec v) { *(rk_vec_in_memory *)p = v; }

/// Asks for the line at p, which need not be memory at all, to come into the core's second cache.
RK_INLINE void rk_bring_near(const float *p) { __builtin_prefetch(p, 0, 2); }

/// a·b + c, rounded once.
RK_INLINE rk_vec rk_fma(rk_vec a, rk_vec b, rk_vec c) {
#if defined(__clang__)
  return __builtin_elementwise_fma(a, b, c);
#elif RK_WIDTH == 16
  return (rk_vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif RK_WIDTH == 8
  return (rk_vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (rk_vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  rk_vec result;
  for (int lane = 0; lane < RK_WIDTH; ++lane) result[lane] = __builtin_fmaf(a[lane], b[lane], c[lane]);
  return result;
#endif
}

// The registers that vectors are in, where they are named.
#if RK_WIDTH > 4
#define RK_VECTOR_REGISTER "+v"
#elif defined(__aarch64__)
#define RK_VECTOR_REGISTER "+w"
#endif

/// No instruction, but v is in a register here, and what stands before this in the text comes before what stands behind
/// it: no load or store and no other pin moves across. For a text that the compiler's scheduler would otherwise stretch
/// beyond the registers there are.
RK_INLINE void rk_pin(rk_vec *v) {
#ifdef RK_VECTOR_REGISTER
  __asm__ volatile("" : RK_VECTOR_REGISTER(*v) : : "memory");
#else
  (void)v;
#endif
}

/// Lane by lane, `a` where every bit of the mask is set and `b` where none is.
RK_INLINE rk_vec rk_select(rk_ivec mask, rk_vec a, rk_vec b) {
  return (rk_vec)((mask & (rk_ivec)a) | (~mask & (rk_ivec)b));
}

/// The lesser of v and limit, and the greater. A NaN in v comes through, since every comparison with it is false.
RK_INLINE rk_vec rk_at_most(rk_vec v, rk_vec limit) { return rk_select(limit < v, limit, v); }
RK_INLINE rk_vec rk_at_least(rk_vec v, rk_vec limit) { return rk_select(limit > v, limit, v); }

/// |v|, by clearing the sign, so that a NaN stays the NaN it was.
RK_INLINE rk_vec rk_magnitude(rk_vec v) { return (rk_vec)((rk_ivec)v & INT32_MAX); }
/// The sign bit of v in place, all other bits clear.
RK_INLINE rk_ivec rk_sign(rk_vec v) { return (rk_ivec)v & INT32_MIN; }

/// The first `count` < RK_WIDTH floats at p, and zeros in the lanes behind them. Reads nothing else.
RK_INLINE rk_vec rk_load_first(const float *p, size_t count) {
#if RK_WIDTH == 16
  return (rk_vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif RK_WIDTH == 8
  rk_ivec lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return (rk_vec)_mm256_maskload_ps(p, (__m256i)(lane < (int32_t)count));
#else
  rk_vec v = {0};
  for (size_t lane = 0; lane < count; ++lane) v[lane] = p[lane];
  return v;
#endif
}

/// Writes the first `count` < RK_WIDTH lanes to p, and nothing behind them.
RK_INLINE void rk_store_first(float *p, rk_vec v, size_t count) {
#if RK_WIDTH == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif RK_WIDTH == 8
  rk_ivec lane = {0, 1, 2, 3, 4, 5, 6, 7};
  _mm256_maskstore_ps(p, (__m256i)(lane < (int32_t)count), (__m256)v);
#else
  for (size_t lane = 0; lane < count; ++lane) p[lane] = v[lane];
#endif
}

/// `count` <= RK_WIDTH floats: a whole vector, or the first lanes of one that is filled up with zeros.
RK_INLINE rk_vec rk_load_units(const float *p, size_t count) {
  return count < RK_WIDTH ? rk_load_first(p, count) : rk_load(p);
}

RK_INLINE void rk_store_units(float *p, rk_vec v, size_t count) {
  if (count < RK_WIDTH)
    rk_store_first(p, v, count);
  else
    rk_store(p, v);
}

#endif
