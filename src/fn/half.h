/* half.h -- f16 and bf16 as storage: 16-bit patterns widened to float exactly, and rounded from
 * float to the nearest, ties to even.
 *
 * In integers throughout: conversion instructions differ in what they do to subnormals (that of
 * AVX512_BF16 flushes them) and obey the flush bits.  Subnormals are kept, infinities too, NaNs
 * stay NaNs (quiet).  A double goes by way of the float with a sticky last bit, so that it too is
 * rounded once.
 */
#ifndef FN_HALF_H
#define FN_HALF_H

static inline float half_float(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline uint32_t half_bits(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* bits / 2^shift, to the nearest, ties to even; 1 <= shift <= 31. */
static inline uint32_t half_shift(uint32_t bits, int shift)
{
    return (bits + (1u << (shift - 1)) - 1 + (bits >> shift & 1)) >> shift;
}

#if DTYPE == DTYPE_bf16

static inline float pass_widen(uint16_t v)
{
    return half_float((uint32_t)v << 16);
}

static inline uint16_t half_round(float v)
{
    const uint32_t bits = half_bits(v);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)half_shift(bits, 16);
}

#else /* f16: 5 bits of exponent, 10 of significand */

static inline float pass_widen(uint16_t v)
{
    const uint32_t sign = (uint32_t)(v & 0x8000) << 16, magnitude = v & 0x7fff;
    if (magnitude >= 0x7c00) /* infinity, NaN */
        return half_float(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    if (magnitude >= 0x400)
        return half_float(sign | ((magnitude << 13) + (112u << 23)));
    if (magnitude == 0)
        return half_float(sign);
    const int up = __builtin_clz(magnitude) - 21; /* subnormal: the leading bit goes to place 10 */
    return half_float(sign | (((magnitude << up & 0x3ff) << 13) + ((uint32_t)(113 - up) << 23)));
}

static inline uint16_t half_round(float v)
{
    const uint32_t bits = half_bits(v), magnitude = bits & 0x7fffffff;
    const uint32_t sign = bits >> 16 & 0x8000;
    if (magnitude > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (magnitude >= 0x477ff000) /* 65520 and up round to infinity */
        return (uint16_t)(sign | 0x7c00);
    if (magnitude >= 0x38800000) /* 2^-14 and up are normal */
        return (uint16_t)(sign | (half_shift(magnitude, 13) - (112u << 10)));
    const int down =
        126 - (int)(magnitude >> 23); /* of the 24-bit significand, in units of 2^-24 */
    if (down > 25)
        return (uint16_t)sign;
    return (uint16_t)(sign | half_shift((magnitude & 0x7fffff) | 0x800000, down));
}

#endif

#if PASS == PASS_wide
/* The float next to v on the side where the last bit is 1, unless v is a float: half_round then
 * sees on which side of a tie v lies. */
static inline float half_odd(double v)
{
    const float f = (float)v;
    const uint32_t bits = half_bits(f);
    if (f == v || v != v || (bits & 1))
        return f;
    const double magnitude = v < 0 ? -v : v, rounded = f < 0 ? -(double)f : (double)f;
    return half_float(magnitude > rounded ? bits + 1 : bits - 1);
}

static inline uint16_t pass_round(double v)
{
    return half_round(half_odd(v));
}
#else
static inline uint16_t pass_round(float v)
{
    return half_round(v);
}
#endif

#endif
