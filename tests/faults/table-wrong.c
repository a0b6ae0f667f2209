/* table-wrong.c -- a library whose table is wrong in the way that WRONG in the environment names;
 * "grown" and "shrunk" are those of a later and of an earlier header, and right. */
#define actulp_kernels declared_constant /* here it changes when loaded */
#include <actulp/kernel.h>
#undef actulp_kernels
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float same(float x)
{
    return x;
}

static struct later {
    struct actulp_kernel row;
    const char *new_field;
} rows[2] = {
    {{"one", "f32", "a", ACTULP_SCALAR, ACTULP_CALL(same), 1, "tail", "how"}, "new"},
    {{"two", "f32", "b", ACTULP_SCALAR, ACTULP_CALL(same), 2, "tail", "how"}, "new"},
};

struct actulp_kernel_table actulp_kernels = {ACTULP_ABI, sizeof rows[0], 2, &rows[0].row};

__attribute__((constructor)) static void spoil(void)
{
    const char *wrong = getenv("WRONG");
    struct actulp_kernel *k = &rows[1].row;
    if (!wrong)
        return;
    if (!strcmp(wrong, "abi"))
        actulp_kernels.abi = ACTULP_ABI + 1;
    else if (!strcmp(wrong, "row size"))
        actulp_kernels.row_size = 8;
    else if (!strcmp(wrong, "count"))
        actulp_kernels.count = 1u << 30;
    else if (!strcmp(wrong, "empty"))
        actulp_kernels.count = 0;
    else if (!strcmp(wrong, "function"))
        k->function = "two; rm";
    else if (!strcmp(wrong, "name"))
        k->name = NULL;
    else if (!strcmp(wrong, "dtype"))
        k->dtype = "";
    else if (!strcmp(wrong, "signature"))
        k->signature = 17;
    else if (!strcmp(wrong, "call"))
        k->call = NULL;
    else if (!strcmp(wrong, "data"))
        k->call = (actulp_function *)(void *)rows;
    else if (!strcmp(wrong, "max_ulp"))
        k->max_ulp = NAN;
    else if (!strcmp(wrong, "how"))
        k->how = "two\nlines";
    else if (!strcmp(wrong, "wild"))
        k->how = (const char *)8;
    else if (!strcmp(wrong, "shrunk"))
        actulp_kernels = (struct actulp_kernel_table){
            ACTULP_ABI, offsetof(struct actulp_kernel, waive), 1, &rows[0].row};
}
