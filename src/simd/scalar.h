/* scalar.h -- the words for one lane, in plain C.  V_FUSED (fma.h) makes v_mad a fused
 * multiply-add. */
#ifndef SIMD_SCALAR_H
#define SIMD_SCALAR_H

enum { VL = 1 };
typedef float vf;
typedef uint32_t vu;
typedef bool vm;

WORD vf v_set(float a)
{
    return a;
}
WORD vu vu_set(uint32_t a)
{
    return a;
}

WORD vf v_load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}
WORD void v_store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

WORD float v_lane0(vf v)
{
    return v;
}

/* There is no part of one lane. */
WORD vf v_load_part(const float *p, size_t n)
{
    (void)p, (void)n;
    return 0;
}
WORD void v_store_part(float *p, vf v, size_t n)
{
    (void)p, (void)v, (void)n;
}

WORD vu v_bits(vf v)
{
    vu u;
    memcpy(&u, &v, sizeof u);
    return u;
}
WORD vf v_from_bits(vu u)
{
    vf v;
    memcpy(&v, &u, sizeof v);
    return v;
}

#ifdef V_FUSED
WORD vf v_mad(vf a, vf b, vf c)
{
    return __builtin_fmaf(a, b, c);
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return __builtin_fmaf(-a, b, c);
}
#else
WORD vf v_mad(vf a, vf b, vf c)
{
    return c + a * b;
}
WORD vf v_nmad(vf a, vf b, vf c)
{
    return c - a * b;
}
#endif

WORD vf v_sqrt(vf v)
{
    return __builtin_sqrtf(v);
}

WORD vf v_min(vf a, vf b)
{
    return a < b ? a : b;
}
WORD vf v_max(vf a, vf b)
{
    return a > b ? a : b;
}

WORD vm v_lt(vf a, vf b)
{
    return a < b;
}
WORD vm v_le(vf a, vf b)
{
    return a <= b;
}
WORD vm v_gt(vf a, vf b)
{
    return a > b;
}
WORD vm v_ge(vf a, vf b)
{
    return a >= b;
}
WORD vm v_eq(vf a, vf b)
{
    return a == b;
}
WORD vm v_isnan(vf a)
{
    return a != a;
}
WORD vf v_select(vm m, vf a, vf b)
{
    return m ? a : b;
}
WORD vf v_keep(vm m, vf a)
{
    return v_from_bits(v_bits(a) & -(uint32_t)m);
}

WORD vu v_mask(vm m)
{
    return -(vu)m;
}
WORD vm v_differ(vf a, vf b)
{
    return v_bits(a) != v_bits(b);
}
WORD vm v_both(vm m, vm n)
{
    return m && n;
}
WORD bool v_any(vm m)
{
    return m;
}

WORD vf v_abs(vf v)
{
    return v_from_bits(v_bits(v) & 0x7fffffffu);
}
WORD vf v_neg(vf v)
{
    return -v;
}
WORD vf v_copysign(vf v, vf s)
{
    return v_from_bits((v_bits(v) & 0x7fffffffu) | (v_bits(s) & 0x80000000u));
}

WORD vf v_pow2(vf k)
{
    return v_from_bits((v_bits(k + V_MAGIC) - (V_MAGIC_BITS - 127)) << 23);
}

/* Half of k at a time: the first product is exact, the second rounds. */
WORD vf v_scale(vf v, vf k)
{
    const vu biased = v_bits(k + V_MAGIC) - (V_MAGIC_BITS - 254);
    const vu half = biased >> 1;
    return v * v_from_bits(half << 23) * v_from_bits((biased - half) << 23);
}

/* ---- double ---- */

enum { DL = 1 };
typedef double vd;
typedef uint64_t vq;
typedef bool vt;
typedef struct {
    vd low;
} vw;

#define W_EACH(f, w, ...)     ((vw){f((w).low, ##__VA_ARGS__)})
#define W_EACH2(f, w, z, ...) ((vw){f((w).low, (z).low, ##__VA_ARGS__)})

WORD vw w_widen(vf v)
{
    return (vw){v};
}
WORD vf w_narrow(vw w)
{
    return (vf)w.low;
}
WORD vd d_set(double a)
{
    return a;
}
WORD vq q_set(uint64_t a)
{
    return a;
}
WORD vq d_bits(vd v)
{
    vq q;
    memcpy(&q, &v, sizeof q);
    return q;
}
WORD vd d_from_bits(vq q)
{
    vd v;
    memcpy(&v, &q, sizeof v);
    return v;
}
#ifdef V_FUSED
WORD vd d_mad(vd a, vd b, vd c)
{
    return __builtin_fma(a, b, c);
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return __builtin_fma(-a, b, c);
}
#else
WORD vd d_mad(vd a, vd b, vd c)
{
    return c + a * b;
}
WORD vd d_nmad(vd a, vd b, vd c)
{
    return c - a * b;
}
#endif
WORD vd d_abs(vd v)
{
    return __builtin_fabs(v);
}
WORD vd d_copysign(vd v, vd s)
{
    return __builtin_copysign(v, s);
}
WORD vd d_load(const double *p)
{
    vd v;
    memcpy(&v, p, sizeof v);
    return v;
}
WORD void d_store(double *p, vd v)
{
    memcpy(p, &v, sizeof v);
}
WORD vd d_load_part(const double *p, size_t n)
{
    (void)p, (void)n;
    return 0;
}
WORD void d_store_part(double *p, vd v, size_t n)
{
    (void)p, (void)v, (void)n;
}
WORD vd d_sqrt(vd v)
{
    return __builtin_sqrt(v);
}
WORD vd d_min(vd a, vd b)
{
    return a < b ? a : b;
}
WORD vd d_max(vd a, vd b)
{
    return a > b ? a : b;
}
WORD vt d_lt(vd a, vd b)
{
    return a < b;
}
WORD vt d_gt(vd a, vd b)
{
    return a > b;
}
WORD vd d_select(vt m, vd a, vd b)
{
    return m ? a : b;
}
WORD vq q_table8(const uint64_t t[8], vq i)
{
    return t[i & 7];
}

#endif
