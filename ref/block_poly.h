/* block_poly.h -- made by tools/block.sollya; do not edit.
 *
 * Polynomials of the elementary functions of the fast reference.  Coefficients of rising degree. */
/* clang-format off */
#ifndef REF_BLOCK_POLY_H
#define REF_BLOCK_POLY_H

/* expm1(r) = r + r^2 q(r), |r| <= 0.34725:
 * certified relative error below 2^-55.5. */
static const double EXPM1_Q[] = {
    0x1.0000000000005p-1,
    0x1.555555555553ap-3,
    0x1.55555555520bcp-5,
    0x1.1111111118c5fp-7,
    0x1.6c16c17f4e539p-10,
    0x1.a01a017696c79p-13,
    0x1.a019a62dd85b2p-16,
    0x1.71de83c1f5a96p-19,
    0x1.28a312793b218p-22,
    0x1.ae73dc8f5c954p-26,
};

/* log((1 + s)/(1 - s)) = 2 s + s w r(w), w = s^2, |s| <= 0.17158:
 * certified relative error below 2^-52.2. */
static const double LOG_R[] = {
    0x1.5555555553977p-1,
    0x1.999999a28f784p-2,
    0x1.24924179f988ep-2,
    0x1.c72276f83340fp-3,
    0x1.732c452f6018dp-3,
    0x1.587635bf4aa09p-3,
};

/* erf(t) = t p(t^2), |t| <= 1/2:
 * certified relative error below 2^-56.0. */
static const double ERF_P[] = {
    0x1.20dd750429b6dp0,
    -0x1.812746b03798ep-2,
    0x1.ce2f21a03b61ep-4,
    -0x1.b82ce30e544fdp-6,
    0x1.565bcbcbe0614p-8,
    -0x1.c02d44bf273aap-11,
    0x1.f98c41b39fb01p-14,
    -0x1.f20a62e407a14p-17,
    0x1.8a835d33d8093p-20,
};

/* exp(t^2) erfc(t) = p(t - c), one row for each quarter of a binade of [1/2, 28), c its middle;
 * behind each row the certified relative error. */
enum { ERFCX_DEGREE = 11 };
static const double ERFCX_P[][ERFCX_DEGREE + 1] = {
    {0x1.2b84f076e14fbp-1, -0x1.e18ab7052be7dp-2, 0x1.482bd9fadb009p-2, -0x1.8bed65e01ae2cp-3, 0x1.b1a22a8f87b6cp-4, -0x1.b65942ada41c3p-5, 0x1.9dccf1ae10cefp-6, -0x1.6ff9ad230eb17p-7, 0x1.32dc15415da6cp-8, -0x1.db4ddc2a0d687p-10, 0x1.71126c6a8eacdp-8, -0x1.1bdc7a4d8d4afp-7}, /* [0.5, 0.625): 2^-53.4 */
    {0x1.0fce4e96dd619p-1, -0x1.97fe7bf1c60fp-2, 0x1.071da7f7825efp-2, -0x1.2ecd75f4cfc2fp-3, 0x1.3e0e0edbc6eb9p-4, -0x1.358dce3917cecp-5, 0x1.1a31919fbe51fp-6, -0x1.e5d2e34903398p-8, 0x1.8ed560540493ap-9, -0x1.3a7d19052d23ap-10, -0x1.32951b4c609e6p-11, 0x1.52fa1aa73c11fp-10}, /* [0.625, 0.75): 2^-55.5 */
    {0x1.f0723ff5acdf9p-2, -0x1.5cbc2c216dfp-2, 0x1.aa32b83506dddp-3, -0x1.d43ed8ca5c955p-4, 0x1.d7f2604ad385ap-5, -0x1.ba6d69299a686p-6, 0x1.859d0d4a14c4fp-7, -0x1.44bc847781bdcp-8, 0x1.026e54b5db4d2p-9, -0x1.8c69ebb06c0d1p-11, -0x1.0b44a05c5a625p-12, 0x1.acb3b8930e164p-11}, /* [0.75, 0.875): 2^-56.3 */
    {0x1.c7f81382721efp-2, -0x1.2c84af7c10e14p-2, 0x1.5c775dfc44946p-3, -0x1.6dcc9e7a2d287p-4, 0x1.61fee76645c43p-5, -0x1.3fc836603cf48p-6, 0x1.10216556ea201p-7, -0x1.b75d4f08c8215p-9, 0x1.5263795f18209p-10, -0x1.eebb50a7ded88p-12, 0x1.27d6d2de38921p-13, -0x1.b9d096585135ep-12}, /* [0.875, 1): 2^-60.4 */
    {0x1.9531e09b149b5p-2, -0x1.e78b356770fbbp-3, 0x1.05e72521ca0b5p-3, -0x1.01343a2c91e44p-4, 0x1.d4e711a38cfc9p-6, -0x1.910a5d7eb7d24p-7, 0x1.446c4ff8a03fcp-8, -0x1.f38c616ac70abp-10, 0x1.6fdc08dc08939p-11, -0x1.0429386ff4a02p-12, 0x1.61bfbd7fdc2dfp-14, -0x1.c44ad5b238b1dp-16}, /* [1, 1.25): 2^-55.9 */
    {0x1.5f88f52f3c76bp-2, -0x1.797a639d8129ep-3, 0x1.701342cbce634p-4, -0x1.4bcdb9d907636p-5, 0x1.17eba60eae5c5p-6, -0x1.bdf24bd59daf2p-8, 0x1.51ab99480c9f7p-9, -0x1.e8ae4143c3038p-11, 0x1.536c680e2dddfp-12, -0x1.c6472d97204ecp-14, 0x1.1c9400fc8c0a5p-15, -0x1.38f743d4b632dp-17}, /* [1.25, 1.5): 2^-54.6 */
    {0x1.3583f6644327bp-2, -0x1.2b11e6959934cp-3, 0x1.0a15ac2ada389p-4, -0x1.ba018e6426b41p-6, 0x1.5a14294e06e13p-7, -0x1.014eae305841ap-8, 0x1.6d6086f4823b7p-10, -0x1.f1b3eff5065b7p-12, 0x1.468f7652c74c8p-13, -0x1.9dffeeff4656cp-15, 0x1.b5665647299e6p-17, -0x1.73b32d5e6ee18p-19}, /* [1.5, 1.75): 2^-53.6 */
    {0x1.13e5743b6048p-2, -0x1.e36580c7f7349p-4, 0x1.8a6efeed24596p-5, -0x1.2ef92f6f124abp-6, 0x1.b99589c7822c1p-8, -0x1.33237c2a32ff8p-9, 0x1.99b647b5bc964p-11, -0x1.070e6c5e8933p-12, 0x1.45be9dc98ceecp-14, -0x1.8624e43cb09b1p-16, 0x1.386ea1666aaf9p-17, -0x1.0e344f7f91935p-18}, /* [1.75, 2): 2^-53.2 */
    {0x1.d94446d627932p-3, -0x1.6a70d2bb37412p-4, 0x1.0615670e25b8p-5, -0x1.6883f9919997dp-7, 0x1.da59556087f59p-9, -0x1.2bd251bc04e5fp-10, 0x1.6d77478688963p-12, -0x1.aed7ebf86fb47p-14, 0x1.ec6f6e6dfacc8p-16, -0x1.11783c12c1cd8p-17, 0x1.2b56a837d9b18p-19, -0x1.3ac3583b744edp-21}, /* [2, 2.5): 2^-54.7 */
    {0x1.8c9eb68ff27d7p-3, -0x1.030578133009ap-4, 0x1.43b98bac834a9p-6, -0x1.84e9ab30e579bp-8, 0x1.c2c72fd7ebe72p-10, -0x1.f99e41f28ae91p-12, 0x1.131bb15bda5a5p-13, -0x1.2312acb6d481ep-15, 0x1.2bf9a9e6b7d2ap-17, -0x1.2da70ceb84bfap-19, 0x1.2ad1e9ad34a2fp-21, -0x1.1d2904d8ea37bp-23}, /* [2.5, 3): 2^-53.8 */
    {0x1.54a7a08d4bb45p-3, -0x1.82a8522b868a1p-5, 0x1.a7eddc9ee641cp-7, -0x1.c24b49c479f92p-9, 0x1.d0858579e4a76p-11, -0x1.d25ebba296eb8p-13, 0x1.c882f168db37p-15, -0x1.b45d0154fcd5bp-17, 0x1.97da939033d36p-19, -0x1.753c3d0cc9cd9p-21, 0x1.51930d39e4767p-23, -0x1.283adad71eb55p-25}, /* [3, 3.5): 2^-57.8 */
    {0x1.2a2af19c1493p-3, -0x1.2aa6503acda12p-5, 0x1.22f0664f3c23p-7, -0x1.1434ae0586031p-9, 0x1.fff032a79cc26p-12, -0x1.cfcdea28beb92p-14, 0x1.9b50c1d7b8c8cp-16, -0x1.65776bc67ae8cp-18, 0x1.30d11a7e298dcp-20, -0x1.fe7ac7f7d4382p-23, 0x1.9b59bfefd9594p-25, -0x1.3efdadb2d0942p-27}, /* [3.5, 4): 2^-53.2 */
    {0x1.f5b2a049cf4c3p-4, -0x1.aa3eb6a946f82p-6, 0x1.62c12cb5fa6dbp-8, -0x1.218ed930b2b99p-10, 0x1.d00785e09b9dbp-13, -0x1.6d54b12ba1f21p-15, 0x1.1ad6b6d8f8e0fp-17, -0x1.aef900948a31ap-20, 0x1.4341f97577a41p-22, -0x1.ddf1545f9270bp-25, 0x1.64d3492541298p-27, -0x1.001f2e99321f3p-29}, /* [4, 5): 2^-51.4 */
    {0x1.9d8a8f2284f2bp-4, -0x1.238ca71b93fc3p-6, 0x1.95252b932ff47p-9, -0x1.15976ddda453ap-11, 0x1.774f4821dd4a6p-14, -0x1.f4e46d11cf185p-17, 0x1.4a17ebb38157dp-19, -0x1.add7b8969c8d8p-22, 0x1.14936ce8df058p-24, -0x1.5ff4cd48f87b9p-27, 0x1.c335ced65baffp-30, -0x1.18cdd901c4cf5p-32}, /* [5, 6): 2^-53.2 */
    {0x1.5f75c42e97171p-4, -0x1.a6e2cf277a0ccp-7, 0x1.f75ef7a0fad67p-10, -0x1.28787f0e7edd6p-12, 0x1.59b292970315fp-15, -0x1.8f23fece90b1bp-18, 0x1.c871a387845c9p-21, -0x1.028f458137029p-23, 0x1.2242af5539403p-26, -0x1.42fe23808348p-29, 0x1.68a3ded875131p-32, -0x1.89a86589f908cp-35}, /* [6, 7): 2^-53.7 */
    {0x1.31742f4d8d4d3p-4, -0x1.404455ba9f3bfp-7, 0x1.4d07bba600fa9p-10, -0x1.5783a27fac6f4p-13, 0x1.5f8a69cb2306p-16, -0x1.64fcbb74fc61p-19, 0x1.67ca2a19fb3cp-22, -0x1.67f145eeb4dfap-25, 0x1.657f044953f1ap-28, -0x1.6093dc7a500eep-31, 0x1.5b9be511c38c9p-34, -0x1.50202104f4991p-37}, /* [7, 8): 2^-54.2 */
    {0x1.fe6cc4a0f952fp-5, -0x1.c046699d77d5p-8, 0x1.876373f4abb3fp-11, -0x1.53c131b5d20bcp-14, 0x1.254380e4236f9p-17, -0x1.f773502df7349p-21, 0x1.adc63aece4e5fp-24, -0x1.6ce6971f672eap-27, 0x1.340c4fae79d6cp-30, -0x1.02cdf9658f845p-33, 0x1.bf04aba12e4aep-37, -0x1.73759c648cd64p-40}, /* [8, 10): 2^-49.7 */
    {0x1.a273c57e476cdp-5, -0x1.2ddd3d589bfbp-8, 0x1.b1c892387b963p-12, -0x1.3672f09813276p-15, 0x1.baa1d9cdc46dcp-19, -0x1.3a555d73a1b8fp-22, 0x1.bcbef94d6b67cp-26, -0x1.3972955655adep-29, 0x1.b81749bcc70cfp-33, -0x1.33e00c7a75ea5p-36, 0x1.b70b267ad2a82p-40, -0x1.30d253efc2477p-43}, /* [10, 12): 2^-52.9 */
    {0x1.627bcc27cb4aep-5, -0x1.b1be47a913fc3p-9, 0x1.0898f7358703p-12, -0x1.41e750b2e04bbp-16, 0x1.8682d216cd102p-20, -0x1.d868cc7003adcp-24, 0x1.1cf203d8b3e68p-27, -0x1.56cb11fbffa14p-31, 0x1.9b374be8ed73ap-35, -0x1.ec013efca4a27p-39, 0x1.2a39efef026bcp-42, -0x1.62a5fcc7bded2p-46}, /* [12, 14): 2^-54.5 */
    {0x1.33714a024097ep-5, -0x1.467f441a50cf8p-9, 0x1.59fa2994d5f96p-13, -0x1.6dd369db3a752p-17, 0x1.81fb2ba3b99ddp-21, -0x1.96605f164b0dbp-25, 0x1.aaf0df15774fcp-29, -0x1.bf9966bf8f421p-33, 0x1.d436d8b88e6b4p-37, -0x1.e8c8c499ad82cp-41, 0x1.034962afcced2p-44, -0x1.0f2d141e79174p-48}, /* [14, 16): 2^-53.2 */
    {0x1.005fe090c5e56p-5, -0x1.c661852c51332p-10, 0x1.920b4fb08121ep-14, -0x1.6332593664109p-18, 0x1.3955a9799b146p-22, -0x1.13fdbd679b4cbp-26, 0x1.e578a7346cac8p-31, -0x1.aa566e3019b65p-35, 0x1.75aa9adf76844p-39, -0x1.472f28c602083p-43, 0x1.28a1caf650051p-47, -0x1.02e7a25a4d049p-51}, /* [16, 20): 2^-49.1 */
    {0x1.a3bc12161d4eap-6, -0x1.30a253d642e9cp-10, 0x1.b9bd9f029cb5bp-15, -0x1.3ff35b4b9f6f9p-19, 0x1.cf017a93abc1ap-24, -0x1.4eabfd5e5366ep-28, 0x1.e3543f476a1bp-33, -0x1.5ca828c1ce0e2p-37, 0x1.f66678ab192d4p-42, -0x1.69b03bec5bf99p-46, 0x1.0a8ab6d7126adp-50, -0x1.7ef1c1bb421b4p-55}, /* [20, 24): 2^-52.5 */
    {0x1.63438bf2c3ee9p-6, -0x1.b49a775427ef8p-11, 0x1.0c15fcc6f81cp-15, -0x1.48fb6bc69767dp-20, 0x1.936a6b37552e1p-25, -0x1.ee543f903d5efp-30, 0x1.2ea512e9e561bp-34, -0x1.724f21dddfe06p-39, 0x1.c4b97ce2c3274p-44, -0x1.1492f2a584278p-48, 0x1.5776e5548da06p-53, -0x1.a2b67bcdf3ff2p-58}, /* [24, 28): 2^-54.8 */
};
/* The worst of them is 2^-49.1. */

#endif
