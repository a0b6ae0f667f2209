#!/bin/sh
# t-schema.sh -- results against the published schema, doc/result.schema.json, by Python's jsonschema.
#
#     tests/t-schema.sh [RESULT.json...]
#
# checks the golden results, the result with something in every field that t-json writes (run in the build
# directory), and the files named; members that the schema does not know are refused here.
srcdir=${srcdir:-$(dirname "$0")/..}
t_json=${T_JSON:-tests/t-json}
python=${PYTHON:-python3}

if ! "$python" -c 'import jsonschema' 2>/dev/null; then
    echo 'ok 1 # SKIP no Python with jsonschema here'
    echo '1..1'
    exit 0
fi

full=$(mktemp) || exit 99
trap 'rm -f "$full"' EXIT
if [ -x "$t_json" ]; then
    "$t_json" --write >"$full"
fi
"$python" - "$srcdir/doc/result.schema.json" "$full" "$srcdir"/tests/golden/*.json "$@" <<'PYTHON'
import json, os, sys
import jsonschema

schema_path, full, *results = sys.argv[1:]
schema = json.load(open(schema_path))
count = failed = 0


def ok(passed, name):
    global count, failed
    count += 1
    failed += not passed
    print(f"{'' if passed else 'not '}ok {count} - {name}")


def closed(node):
    """The schema without room for unknown members."""
    if isinstance(node, list):
        return [closed(n) for n in node]
    if not isinstance(node, dict):
        return node
    node = {k: closed(v) for k, v in node.items()}
    if node.get("type") == "object" and "properties" in node:
        node.setdefault("additionalProperties", False)
    return node


def members(node):
    """Names of all members that the schema describes."""
    if isinstance(node, list):
        return set().union(*map(members, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    names = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
    return names.union(*map(members, node.values()))


def keys(node):
    if isinstance(node, list):
        return set().union(*map(keys, node)) if node else set()
    return set(node).union(*map(keys, node.values())) if isinstance(node, dict) else set()


jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(closed(schema))


def check(path, name):
    document = json.load(open(path))
    errors = sorted(validator.iter_errors(document), key=lambda e: list(map(str, e.absolute_path)))
    for e in errors[:10]:
        print(f"# /{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}")
    ok(not errors, f"{name} fits the schema")
    return document


if os.path.getsize(full):
    document = check(full, "a result with something in every field")
    # Failure classes are members by name; that document has two of the twelve.
    known = members(schema) - set(schema["$defs"]["accuracy"]["properties"]["failures"]["properties"])
    ok(known <= keys(document), f"each member of the schema is written {sorted(known - keys(document))}")
    document["kernels"][0]["name"] = None
    ok(list(validator.iter_errors(document)) != [], "a kernel without a name does not fit")
else:
    print("# t-json has not been built here")
for path in results:
    if os.path.exists(path):
        check(path, os.path.basename(path))
if not count:
    ok(True, "# SKIP no results to check")
print(f"1..{count}")
sys.exit(1 if failed else 0)
PYTHON
