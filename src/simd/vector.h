/* vector.h -- the words that gcc's and clang's vector types spell alike for every ISA.
 *
 * An ISA header defines VL, includes this, and adds what is left: v_mad, v_nmad, v_min, v_max, the
 * comparisons and v_select, and v_load_part and v_store_part; of those for double d_mad, d_nmad,
 * d_min, d_max, d_select, d_sqrt, w_widen, w_narrow and q_table8, and d_load_part and d_store_part.
 * It may define V_OWN_SCALE and spell v_scale itself.
 */
#ifndef SIMD_VECTOR_H
#define SIMD_VECTOR_H

typedef float vf __attribute__((vector_size(VL * sizeof(float))));
typedef uint32_t vu __attribute__((vector_size(VL * sizeof(uint32_t))));

WORD vf v_set(float a)
{
    return a - (vf){0};
}
WORD vu vu_set(uint32_t a)
{
    return a - (vu){0};
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
    return v[0];
}

WORD vu v_bits(vf v)
{
    return (vu)v;
}
WORD vf v_from_bits(vu u)
{
    return (vf)u;
}

WORD vf v_abs(vf v)
{
    return (vf)((vu)v & 0x7fffffffu);
}
WORD vf v_neg(vf v)
{
    return (vf)((vu)v ^ 0x80000000u);
}
WORD vf v_copysign(vf v, vf s)
{
    return (vf)(((vu)v & 0x7fffffffu) | ((vu)s & 0x80000000u));
}

WORD vf v_pow2(vf k)
{
    return (vf)((v_bits(k + V_MAGIC) - (V_MAGIC_BITS - 127)) << 23);
}

#ifndef V_OWN_SCALE
/* Half of k at a time: the first product is exact, the second rounds. */
WORD vf v_scale(vf v, vf k)
{
    const vu biased = v_bits(k + V_MAGIC) - (V_MAGIC_BITS - 254);
    const vu half = biased >> 1;
    return v * (vf)(half << 23) * (vf)((biased - half) << 23);
}
#endif

#ifndef V_OWN_PART
/* Through a buffer, so that nothing beyond the n elements is read or written. */
WORD vf v_load_part(const float *p, size_t n)
{
    float part[VL] = {0};
    memcpy(part, p, n * sizeof *p);
    return v_load(part);
}
WORD void v_store_part(float *p, vf v, size_t n)
{
    float part[VL];
    v_store(part, v);
    memcpy(p, part, n * sizeof *p);
}
#endif

#ifndef V_OWN_COMPARE
/* Truth values are lanes of all ones or all zeros. */
typedef vu vm;
WORD vm v_lt(vf a, vf b)
{
    return (vm)(a < b);
}
WORD vm v_le(vf a, vf b)
{
    return (vm)(a <= b);
}
WORD vm v_gt(vf a, vf b)
{
    return (vm)(a > b);
}
WORD vm v_ge(vf a, vf b)
{
    return (vm)(a >= b);
}
WORD vm v_eq(vf a, vf b)
{
    return (vm)(a == b);
}
WORD vm v_isnan(vf a)
{
    return (vm)(a != a);
}
WORD vf v_keep(vm m, vf a)
{
    return (vf)(m & (vu)a);
}
WORD vu v_mask(vm m)
{
    return m;
}
WORD vm v_differ(vf a, vf b)
{
    return (vm)((vu)a != (vu)b);
}
WORD vm v_both(vm m, vm n)
{
    return m & n;
}
#endif

/* ---- double ---- */

enum { DL = VL / 2 };
typedef double vd __attribute__((vector_size(VL / 2 * sizeof(double))));
typedef uint64_t vq __attribute__((vector_size(VL / 2 * sizeof(uint64_t))));
typedef struct {
    vd low, high;
} vw;

#define W_EACH(f, w, ...) ((vw){f((w).low, ##__VA_ARGS__), f((w).high, ##__VA_ARGS__)})
#define W_EACH2(f, w, z, ...) \
    ((vw){f((w).low, (z).low, ##__VA_ARGS__), f((w).high, (z).high, ##__VA_ARGS__)})

WORD vd d_set(double a)
{
    return a - (vd){0};
}
WORD vq q_set(uint64_t a)
{
    return a - (vq){0};
}
WORD vq d_bits(vd v)
{
    return (vq)v;
}
WORD vd d_from_bits(vq q)
{
    return (vd)q;
}
WORD vd d_abs(vd v)
{
    return (vd)((vq)v & 0x7fffffffffffffffu);
}
WORD vd d_copysign(vd v, vd s)
{
    return (vd)(((vq)v & 0x7fffffffffffffffu) | ((vq)s & 0x8000000000000000u));
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
#ifndef V_OWN_PART
WORD vd d_load_part(const double *p, size_t n)
{
    double part[DL] = {0};
    memcpy(part, p, n * sizeof *p);
    return d_load(part);
}
WORD void d_store_part(double *p, vd v, size_t n)
{
    double part[DL];
    d_store(part, v);
    memcpy(p, part, n * sizeof *p);
}
#endif

#ifndef V_OWN_COMPARE
typedef vq vt;
WORD vt d_lt(vd a, vd b)
{
    return (vt)(a < b);
}
WORD vt d_gt(vd a, vd b)
{
    return (vt)(a > b);
}
#endif

#ifndef V_OWN_TABLE
WORD vq q_table8(const uint64_t t[8], vq i)
{
    vq found;
    i &= 7;
    for (int l = 0; l < VL / 2; l++)
        found[l] = t[i[l]];
    return found;
}
#endif

#endif
