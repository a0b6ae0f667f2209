#!/bin/sh
# t-library.sh -- the library as make install leaves it: the program of README.md is compiled against it and run, its
# kernels give the bits that the program itself measures, and its table is read by actulp.
srcdir=$(cd "${srcdir:-.}" && pwd)
actulp=${ACTULP:-./actulp}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0

say() { # PASSED NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}

make -s -C "${builddir:-.}" install prefix="$work/usr" exec_prefix="$work/usr" >"$work/log" 2>&1
say $? "make install"
[ -s "$work/log" ] && sed 's/^/# /' "$work/log" | head -5
for f in bin/actulp lib/libactulp.so lib/libactulp.so.0 lib/pkgconfig/actulp.pc include/actulp/actulp.h include/actulp/kernel.h; do
    [ -e "$work/usr/$f" ]
    say $? "  $f"
done
if command -v nm >/dev/null; then
    ! nm -D --defined-only "$work/usr/lib/libactulp.so" | grep -vE ' (actulp_[a-z]+(@@ACTULP_0)?|ACTULP_0|__[a-z]+.*)$'
    say $? "it exports actulp_ names alone, with a version"
fi

# The flags: pkg-config's where it is, else what it would say.
flags=$(PKG_CONFIG_PATH="$work/usr/lib/pkgconfig" pkg-config --cflags --libs actulp 2>/dev/null) ||
    flags="-I$work/usr/include -L$work/usr/lib -lactulp"
export LD_LIBRARY_PATH="$work/usr/lib"

awk '$0 == "/* use_actulp.c */" { on = 1 } $0 == "```" && on { exit } on { print }' "$srcdir/README.md" >"$work/use_actulp.c"
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$work/use_actulp.c" -o "$work/use_actulp" $flags 2>"$work/log"
say $? "the program of README.md compiles without warnings"
"$work/use_actulp" >"$work/out"
say $? "and runs: $(cat "$work/out")"
grep -qE '^sigmoid/f32/[a-z0-9]+/[a-z0-9]+: 2.22736e-39 0.5 0.731059$' "$work/out"
say $? "  with results that are right"

cat >"$work/all.c" <<'EOF'
#include <actulp/actulp.h>
#include <stdio.h>
#include <string.h>

/* All names; and what the lookups must and must not give. */
int main(void)
{
    const struct actulp_builtin *k;
    for (size_t i = 0; (k = actulp_at(i)); i++) {
        if (actulp_find(k->name) != k)
            return 1;
        puts(k->name);
    }
    float x[2] = {-1, 2}, y[2];
    double steep = 0.5;
    k = actulp_find("leaky_relu/f32/naive/scalar");
    if (!k || k->nparams != 1 || strcmp(k->param[0], "alpha") || k->param_value[0] != (double)0.01f)
        return 2;
    actulp_apply(k, x, y, 2, NULL);
    if (y[0] != -0.01f || y[1] != 2)
        return 3;
    actulp_apply(k, x, y, 2, &steep);
    if (y[0] != -0.5f)
        return 4;
    if (actulp_find("sigmoid/f32") || actulp_find("sigmoid/f32/nonsense") || actulp_find("") ||
        actulp_pick("sigmoid", "f32", 0.1, 0) || actulp_at(actulp_count()))
        return 5;
    k = actulp_pick("sigmoid", "f32", 4, ACTULP_KEEPS_SUBNORMAL | ACTULP_KEEPS_MONOTONE);
    if (!k || !(k->max_ulp > 0 && k->max_ulp <= 4) || !(k->keeps & ACTULP_KEEPS_MONOTONE))
        return 6;
    return 0;
}
EOF
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$work/all.c" -o "$work/all" $flags && "$work/all" | sort >"$work/names"
say $? "lookups by name and by promise, parameters and defaults"
$actulp list '*' | sed -nE 's|^  ([a-z0-9_]+/[a-z0-9]+/[a-z0-9-]+/[a-z0-9]+) .*|\1|p' | sort >"$work/listed"
comm -23 "$work/names" "$work/listed" >"$work/more"
[ -s "$work/names" ] && [ ! -s "$work/more" ]
say $? "its $(wc -l <"$work/names") kernels are those of actulp list"

# A table that actulp reads, and the bits of the built-in kernels.
$actulp versus --old "$work/usr" leaky_relu/f32/naive sigmoid/f32/stable --time 0.1 -q >"$work/out" 2>&1
status=$?
[ $status -eq 0 ] || [ $status -eq 4 ]
say $? "actulp versus --old finds nothing worse: exit code $status"
! grep -qE 'digest|other results|other bits' "$work/out"
say $? "  and the same bits"

# Staged, as packagers do.
make -s -C "${builddir:-.}" install prefix=/opt/actulp exec_prefix=/opt/actulp DESTDIR="$work/stage" >"$work/log" 2>&1 &&
    grep -qx 'prefix=/opt/actulp' "$work/stage/opt/actulp/lib/pkgconfig/actulp.pc"
say $? "make install DESTDIR=..., with its prefix in actulp.pc"
if command -v pkg-config >/dev/null; then
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c11 "$work/use_actulp.c" -o "$work/staged" $(PKG_CONFIG_SYSROOT_DIR="$work/stage" \
        PKG_CONFIG_PATH="$work/stage/opt/actulp/lib/pkgconfig" pkg-config --cflags --libs actulp) &&
        LD_LIBRARY_PATH="$work/stage/opt/actulp/lib" "$work/staged" >"$work/out2" && "$work/use_actulp" | cmp -s - "$work/out2"
    say $? "  from where the program of README.md compiles and runs too"
fi

make -s -C "${builddir:-.}" uninstall prefix="$work/usr" exec_prefix="$work/usr" >/dev/null 2>&1
[ -z "$(find "$work/usr" ! -type d)" ]
say $? "make uninstall leaves no file"
echo "1..$n"
exit $bad
