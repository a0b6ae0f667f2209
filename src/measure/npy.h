/* npy.h -- reads the header of a NumPy .npy file, versions 1 to 3. */
#ifndef MEASURE_NPY_H
#define MEASURE_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct npy {
    int bytes; /* per element: 2, 4 or 8, a binary floating-point number */
    bool big_endian;
    size_t n;            /* elements; not 0 */
    const uint8_t *data; /* inside the buffer read, in memory order, unaligned; all there */
};

/* Does DATA open as .npy files do?  True for a file cut inside its first six bytes too. */
bool npy_is(const uint8_t *data, size_t len);

/* False with ERR = "what; what is expected" for a malformed or truncated file, another element
 * type, an empty tensor.  Memory order (C or Fortran) makes no difference to a function of each
 * element. */
bool npy_read(struct npy *npy, const uint8_t *data, size_t len, char *err, size_t errlen);

#endif
