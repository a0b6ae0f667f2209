#!/bin/sh
# t-folder.sh -- reports that fill a folder: whole or not at all, ours replaced, what is not ours kept or refused.
srcdir=${srcdir:-.}
actulp=${ACTULP:-./actulp}
small=$srcdir/tests/golden/small.json
speed_only=$srcdir/tests/golden/speed-only.json
work=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
n=0 bad=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; fi
}
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }
is() { [ "$1" = "$2" ]; ok $? "$3: $1"; }
report() { # RESULT FORMAT FOLDER: the exit code in $code, standard error in $said
    said=$($actulp report "$1" --format "$2" ${3:+-o "$3"} 2>&1 </dev/null)
    code=$?
}
refused() { # PATTERN NAME
    case $code:$said in
    2:*"
"*) ok 1 "$2: in one line"; echo "$said" | sed 's/^/# /' ;;
    2:*"$1"*) ok 0 "$2: $said" ;;
    *) ok 1 "$2: exit code $code: $said" ;;
    esac
}
nothing_left() { is "$(find "$work" -name '*.tmp' -o -name '*.old' | wc -l)" 0 'nothing temporary is left'; }

report "$small" latex "$work/new/"
is $code 0 'a new folder'
[ -s "$work/new/document.tex" ] && [ -s "$work/new/table-tanh-f32.tex" ]
ok $? 'with what belongs into it'
is "$(sort "$work/new/manifest.txt" | sed '/ /d' | tr '\n' ' ')" "$(ls "$work/new" | LC_ALL=C sort | tr '\n' ' ')" \
    'the manifest names all of it'

# Single figures as PDF, by a program that need not be there.
mkdir "$work/nothing"
said=$(PATH=$work/nothing "$actulp" report "$small" --format pdf -o "$work/none" 2>&1 </dev/null)
code=$?
refused 'rsvg-convert' 'without the converter, PDF'
[ ! -e "$work/none" ]
ok $? 'leaves nothing'
if command -v rsvg-convert >/dev/null 2>&1; then
    report "$small" svg "$work/as-svg"
    report "$small" pdf "$work/as-pdf" && report "$small" pdf "$work/again"
    is $code 0 'figures as PDF'
    is "$(cd "$work/as-pdf" && ls ./*.pdf | sed 's/pdf$//')" "$(cd "$work/as-svg" && ls ./*.svg | sed 's/svg$//')" 'one for each SVG'
    for f in "$work"/as-pdf/*.pdf; do [ "$(head -c 5 "$f")" = %PDF- ] || echo "$f"; done >"$work/odd"
    [ ! -s "$work/odd" ]
    ok $? 'all of them PDF'
    diff -r "$work/as-pdf" "$work/again" >"$work/odd"
    ok $? 'the same result, the same bytes'
    rm -rf "$work/as-svg" "$work/as-pdf" "$work/again"
else
    skip 'no rsvg-convert here'
fi

mkdir "$work/empty"
report "$small" svg "$work/empty"
is $code 0 'an empty folder'
[ -s "$work/empty/manifest.txt" ]
ok $? 'is filled'

# Again, from a result with fewer figures, beside files of the user's own.
echo mine >"$work/new/document.pdf"
mkdir "$work/new/notes" && echo mine >"$work/new/notes/a"
chmod 750 "$work/new"
report "$speed_only" latex "$work/new"
is $code 0 'a folder of ours, again'
[ ! -e "$work/new/error-sigmoid-f32.tex" ] && [ -s "$work/new/document.tex" ]
ok $? 'what no longer belongs into it is gone'
is "$(cat "$work/new/document.pdf" "$work/new/notes/a" 2>/dev/null | tr '\n' ' ')" 'mine mine ' 'what is not ours is kept'

ln -s new "$work/link"
report "$small" svg "$work/link"
is $code 0 'a link to a folder of ours'
[ -h "$work/link" ] && [ -s "$work/new/notes/a" ] && [ ! -e "$work/new/document.tex" ]
ok $? 'stays a link, its target is replaced'
nothing_left

mkdir "$work/theirs" && echo theirs >"$work/theirs/thesis.tex"
report "$small" latex "$work/theirs"
refused "holds files that are not actulp's" 'a folder of others'
is "$(ls "$work/theirs")" thesis.tex 'is as it was'
echo theirs >"$work/file"
report "$small" latex "$work/file"
refused 'is there and is no folder' 'a file'
is "$(cat "$work/file")" theirs 'is as it was'
report "$small" latex "$work/none/figures"
refused 'No such file' 'a folder in one that is not there'
report "$small" latex ''
refused 'fills a folder' 'no folder'
report "$small" latex -
refused 'fills a folder' 'standard output'

# A file of the user's own with the name of one of ours: the first folder had no such file.
report "$speed_only" latex "$work/way"
echo mine >"$work/way/error-sigmoid-f32.tex"
report "$small" latex "$work/way"
refused 'error-sigmoid-f32.tex is in the way' "a user's file"
is "$(cat "$work/way/error-sigmoid-f32.tex")" mine 'is as it was'
cut=$work/cut.json
head -c 300 "$small" >"$cut"
report "$cut" latex "$work/cut"
refused cut.json 'a truncated result'
[ ! -e "$work/cut" ]
ok $? 'makes no folder'

# A disk that is full, as far as a test can have one: no file may be larger than 1 KiB.
( trap '' XFSZ; ulimit -f 1; $actulp report "$small" --format latex -o "$work/full" ) >"$work/out" 2>"$work/err"
code=$? said=$(cat "$work/err")
refused 'cannot write' 'files that cannot be written'
[ ! -e "$work/full" ]
ok $? 'make no folder'
if [ "$(id -u)" -eq 0 ]; then
    skip 'root may write everywhere'
else
    mkdir "$work/closed" && chmod a-w "$work/closed"
    report "$small" latex "$work/closed/figures"
    refused 'cannot write' 'a folder that is closed'
fi
nothing_left
echo "1..$n"
exit $bad
