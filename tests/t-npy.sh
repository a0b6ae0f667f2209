#!/bin/sh
# t-npy.sh -- tensors written by NumPy itself are read element by element; broken ones are refused.
# Skipped where no Python with NumPy is found.

for python in "${PYTHON3:-}" /usr/bin/python3 python3; do
    [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null && break
    python=
done
if [ -z "$python" ]; then
    echo '1..0 # SKIP no Python with NumPy here'
    exit 0
fi

for reader in "${T_INPUTS:-}" tests/t-inputs ./t-inputs; do
    [ -n "$reader" ] && [ -x "$reader" ] && break
    reader=
done
if [ -z "$reader" ]; then
    echo 'Bail out! t-inputs is not built; make check builds it, or name it in T_INPUTS'
    exit 1
fi

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Writes the files, and beside each good one what is to be read from it: its elements in memory order.
"$python" - "$dir" <<'PYTHON'
import sys, numpy as np
from numpy.lib import format as npy
seed = 20
random = np.random.default_rng(seed)
print("# NumPy", np.__version__, "seed", seed)

def expected(path, flat):
    with open(path + ".due", "w") as out:
        for v in flat:
            v = float(v)
            out.write(("nan" if v != v else v.hex()) + "\n")

def write(name, a, version):
    path = f"{sys.argv[1]}/good-{name}.npy"
    with open(path, "wb") as out:
        npy.write_array(out, a, version=version)
    expected(path, a.ravel(order="K"))

for width in "f2", "f4", "f8":
    for order, mark in ("little", "<"), ("big", ">"):
        for shape in (), (1,), (7,), (3, 5), (2, 3, 4):
            a = np.asarray(random.normal(0, 3, shape)).astype(mark + width)
            dims = "x".join(map(str, shape)) or "scalar"
            for version in (1, 0), (2, 0), (3, 0):
                write(f"{width}-{order}-{dims}-c-v{version[0]}", a, version)
            write(f"{width}-{order}-{dims}-fortran", np.asfortranarray(a), (1, 0))
        special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(width).max,
                            np.finfo(width).tiny, np.finfo(width).smallest_subnormal]).astype(mark + width)
        write(f"{width}-{order}-special", special, (1, 0))

def bad(name, a):
    np.save(f"{sys.argv[1]}/bad-{name}.npy", a, allow_pickle=True)

for t in "i1", "i4", "u8", "?", "c8", "c16", "O", "S3", "U3", "M8[s]", "g":
    a = np.zeros(3, t)
    bad("type-" + t.replace("?", "bool").replace("[", "-").replace("]", ""), a)
bad("structured", np.zeros(3, [("a", "f4"), ("b", "i4")]))
bad("empty", np.zeros(0, "f4"))
bad("empty-3x0", np.zeros((3, 0), "f4"))
np.savez(f"{sys.argv[1]}/bad-zip.npy", np.zeros(3))
whole = open(f"{sys.argv[1]}/good-f4-little-3x5-c-v1.npy", "rb").read()
for cut in 1, 5, 8, 11, 40, 127, 128, len(whole) - 1:
    open(f"{sys.argv[1]}/bad-cut-{cut}.npy", "wb").write(whole[:cut])
PYTHON
[ $? = 0 ] || { echo 'Bail out! NumPy could not write the files'; exit 1; }

run=0 failed=0
check() { # STATUS NAME
    run=$((run + 1))
    if [ "$1" = 0 ]; then
        echo "ok $run - $2"
    else
        echo "not ok $run - $2"
        failed=1
    fi
}

# The same number may be spelled in two ways in hexadecimal, so Python compares the values.
for file in "$dir"/good-*.npy; do
    "$reader" --dump "$file" >"$file.read" 2>"$file.error"
    echo $? >"$file.status"
done
"$python" - "$dir" >"$dir/compared" <<'PYTHON'
import glob, sys
def numbers(path):
    return [(float.fromhex(line), line[0] == "-") if line.strip("-\n") != "nan" else "nan" for line in open(path)]
for file in sorted(glob.glob(sys.argv[1] + "/good-*.npy")):
    status = open(file + ".status").read().strip()
    same = status == "0" and numbers(file + ".due") == numbers(file + ".read")
    print(int(not same), file.rsplit("/", 1)[1], "exit", status, open(file + ".error").read().strip())
PYTHON
[ -s "$dir/compared" ] || { echo 'Bail out! nothing was compared'; exit 1; }
while read -r differs name; do
    check "$differs" "$name"
done <"$dir/compared"

for file in "$dir"/bad-*.npy "$dir"/bad-*.npz; do
    [ -e "$file" ] || continue
    "$reader" --dump "$file" >"$dir/read" 2>"$dir/error"
    status=$?
    [ $status = 2 ] && [ "$(wc -l <"$dir/error")" = 1 ] && grep -q expected "$dir/error"
    check $? "$(basename "$file"): $(sed "s|$dir/||" "$dir/error")"
done
echo "1..$run"
exit $failed
