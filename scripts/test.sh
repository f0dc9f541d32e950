#!/usr/bin/env bash
# Everything that must hold before a change is good: installs what is missing, builds with the
# default compiler and runs every test; builds again with sanitizers and runs them again; compiles
# the models of generated/ anew and compares. Ends with one line that says what passed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0
failed=()

# step NAME COMMAND...: runs it; the summary counts it.
step() {
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed+=("$name")
    fi
}

build_and_test() {
    cmake --preset "$1" && cmake --build --preset "$1" && ctest --preset "$1"
}

# What the compiler emits for the committed models is what is committed, byte for byte.
compare_generated() {
    local fresh same=0
    fresh=$(mktemp -d)
    scripts/generate.sh "$fresh" && diff -ru generated "$fresh" || same=1
    rm -rf "$fresh"
    return $same
}

scripts/deps.sh || exit 1
step "default build and tests" build_and_test default
step "sanitizer build and tests" build_and_test asan
step "generated C is up to date" compare_generated

printf '\n%d passed, %d failed' "$passed" "${#failed[@]}"
if ((${#failed[@]} > 0)); then
    printf ':'
    printf ' [%s]' "${failed[@]}"
fi
printf '\n'
((${#failed[@]} == 0))
