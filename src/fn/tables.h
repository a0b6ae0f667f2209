/* tables.h -- numbers that the `table' methods look up, as tools/tables.sollya prints them, and
 * what is done with them.
 *
 * A table trades a polynomial for a load.  It pays where loads are cheap and lanes few, which is
 * why these kernels are scalar: a vector would have to gather.
 */
#ifndef FN_TABLES_H
#define FN_TABLES_H

enum { EXP2_STEPS = 64, TANH_STEPS = 16, TANH_ENTRIES = 145 };

/* clang-format off */
static const float exp2_64ths[EXP2_STEPS] = { /* 2^(i/64) */
    0x1p0f, 0x1.02c9a4p0f, 0x1.059b0ep0f, 0x1.087452p0f, 0x1.0b5586p0f, 0x1.0e3ec4p0f,
    0x1.11301ep0f, 0x1.1429aap0f, 0x1.172b84p0f, 0x1.1a35bep0f, 0x1.1d4874p0f, 0x1.2063b8p0f,
    0x1.2387a6p0f, 0x1.26b456p0f, 0x1.29e9ep0f, 0x1.2d285ap0f, 0x1.306fep0f, 0x1.33c08cp0f,
    0x1.371a74p0f, 0x1.3a7db4p0f, 0x1.3dea64p0f, 0x1.4160a2p0f, 0x1.44e086p0f, 0x1.486a2cp0f,
    0x1.4bfdaep0f, 0x1.4f9b28p0f, 0x1.5342b6p0f, 0x1.56f474p0f, 0x1.5ab07ep0f, 0x1.5e76f2p0f,
    0x1.6247ecp0f, 0x1.662388p0f, 0x1.6a09e6p0f, 0x1.6dfb24p0f, 0x1.71f75ep0f, 0x1.75feb6p0f,
    0x1.7a1148p0f, 0x1.7e2f34p0f, 0x1.82589ap0f, 0x1.868d9ap0f, 0x1.8ace54p0f, 0x1.8f1aeap0f,
    0x1.93737cp0f, 0x1.97d82ap0f, 0x1.9c4918p0f, 0x1.a0c668p0f, 0x1.a5503cp0f, 0x1.a9e6b6p0f,
    0x1.ae89fap0f, 0x1.b33a2cp0f, 0x1.b7f77p0f, 0x1.bcc1eap0f, 0x1.c199bep0f, 0x1.c67f12p0f,
    0x1.cb720ep0f, 0x1.d072d4p0f, 0x1.d5818ep0f, 0x1.da9e6p0f, 0x1.dfc974p0f, 0x1.e502eep0f,
    0x1.ea4afap0f, 0x1.efa1bep0f, 0x1.f50766p0f, 0x1.fa7c18p0f,
};
static const float tanh_sixteenths[TANH_ENTRIES] = { /* tanh(i/16) */
    0x0p0f, 0x1.ff559ap-5f, 0x1.fd5992p-4f, 0x1.7b8ffap-3f, 0x1.f597eap-3f, 0x1.35f98ap-2f,
    0x1.6ef53ep-2f, 0x1.a5729ep-2f, 0x1.d9353ep-2f, 0x1.05087p-1f, 0x1.1bf47ep-1f, 0x1.3157ep-1f,
    0x1.45323ep-1f, 0x1.5789p-1f, 0x1.68665p-1f, 0x1.77d838p-1f, 0x1.85efacp-1f, 0x1.92bfb4p-1f,
    0x1.9e5cb6p-1f, 0x1.a8dbccp-1f, 0x1.b2523cp-1f, 0x1.bad50ap-1f, 0x1.c278a6p-1f, 0x1.c950a4p-1f,
    0x1.cf6f98p-1f, 0x1.d4e6f4p-1f, 0x1.d9c6fap-1f, 0x1.de1eb6p-1f, 0x1.e1fbfap-1f, 0x1.e56b7p-1f,
    0x1.e8789ep-1f, 0x1.eb2dfep-1f, 0x1.ed9506p-1f, 0x1.efb63cp-1f, 0x1.f1994ep-1f, 0x1.f3451ep-1f,
    0x1.f4bfd6p-1f, 0x1.f60efcp-1f, 0x1.f73776p-1f, 0x1.f83dacp-1f, 0x1.f92582p-1f, 0x1.f9f272p-1f,
    0x1.faa794p-1f, 0x1.fb47ap-1f, 0x1.fbd50ap-1f, 0x1.fc51f6p-1f, 0x1.fcc04cp-1f, 0x1.fd21cp-1f,
    0x1.fd77d2p-1f, 0x1.fdc3dp-1f, 0x1.fe06ecp-1f, 0x1.fe422ap-1f, 0x1.fe767ap-1f, 0x1.fea4a8p-1f,
    0x1.fecd6cp-1f, 0x1.fef168p-1f, 0x1.ff112cp-1f, 0x1.ff2d36p-1f, 0x1.ff45f6p-1f, 0x1.ff5bdp-1f,
    0x1.ff6f18p-1f, 0x1.ff801cp-1f, 0x1.ff8f22p-1f, 0x1.ff9c64p-1f, 0x1.ffa818p-1f, 0x1.ffb26ap-1f,
    0x1.ffbb88p-1f, 0x1.ffc392p-1f, 0x1.ffcaacp-1f, 0x1.ffd0fp-1f, 0x1.ffd678p-1f, 0x1.ffdb58p-1f,
    0x1.ffdfa8p-1f, 0x1.ffe374p-1f, 0x1.ffe6cep-1f, 0x1.ffe9c4p-1f, 0x1.ffec62p-1f, 0x1.ffeebp-1f,
    0x1.fff0b8p-1f, 0x1.fff284p-1f, 0x1.fff41ap-1f, 0x1.fff58p-1f, 0x1.fff6bcp-1f, 0x1.fff7d2p-1f,
    0x1.fff8c8p-1f, 0x1.fff9a2p-1f, 0x1.fffa6p-1f, 0x1.fffb0ap-1f, 0x1.fffbap-1f, 0x1.fffc22p-1f,
    0x1.fffc98p-1f, 0x1.fffcfep-1f, 0x1.fffd58p-1f, 0x1.fffda8p-1f, 0x1.fffdeep-1f, 0x1.fffe2cp-1f,
    0x1.fffe64p-1f, 0x1.fffe94p-1f, 0x1.fffebep-1f, 0x1.fffee4p-1f, 0x1.ffff06p-1f, 0x1.ffff24p-1f,
    0x1.ffff3ep-1f, 0x1.ffff54p-1f, 0x1.ffff68p-1f, 0x1.ffff7ap-1f, 0x1.ffff8ap-1f, 0x1.ffff98p-1f,
    0x1.ffffa4p-1f, 0x1.ffffaep-1f, 0x1.ffffb8p-1f, 0x1.ffffcp-1f, 0x1.ffffc8p-1f, 0x1.ffffcep-1f,
    0x1.ffffd4p-1f, 0x1.ffffdap-1f, 0x1.ffffdep-1f, 0x1.ffffe2p-1f, 0x1.ffffe6p-1f, 0x1.ffffe8p-1f,
    0x1.ffffecp-1f, 0x1.ffffeep-1f, 0x1.fffffp-1f, 0x1.fffff2p-1f, 0x1.fffff4p-1f, 0x1.fffff6p-1f,
    0x1.fffff6p-1f, 0x1.fffff8p-1f, 0x1.fffff8p-1f, 0x1.fffffap-1f, 0x1.fffffap-1f, 0x1.fffffap-1f,
    0x1.fffffcp-1f, 0x1.fffffcp-1f, 0x1.fffffcp-1f, 0x1.fffffcp-1f, 0x1.fffffep-1f, 0x1.fffffep-1f,
    0x1.fffffep-1f, 0x1.fffffep-1f, 0x1.fffffep-1f, 0x1.fffffep-1f, 0x1.fffffep-1f, 0x1.fffffep-1f,
    0x1.fffffep-1f,
};
/* clang-format on */

/* exp(x) for -87 <= x <= 88: 2^k from the exponent, 2^(i/64) from the table, and what is left,
 * |r| <= ln(2)/128, by 1 + r: its r^2/2 is at most 1.5e-5, 246 ulp. */
static inline float table_exp(float x)
{
    const float z = x * 0x1.715476p+6f + 0x1.8p23f; /* 64/ln 2; adding rounds to an integer */
    const float n = z - 0x1.8p23f;
    uint32_t bits;
    memcpy(&bits, &z, sizeof bits);
    const uint32_t i = bits & (EXP2_STEPS - 1), exponent = (bits >> 6) + 127;
    const uint32_t scale_bits = exponent << 23;
    float scale;
    memcpy(&scale, &scale_bits, sizeof scale);
    const float r = (x - n * 0x1.62ep-7f) - n * 0x1.0bfbe8p-21f;
    return scale * (exp2_64ths[i] + exp2_64ths[i] * r);
}

#endif
