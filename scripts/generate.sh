#!/usr/bin/env bash
# Compiles the models that generated/ shows, into that folder or another: NAME/NAME.c each, for a
# fixed target, so that the result is the same on every machine.
#
#   scripts/generate.sh [FOLDER]
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname "$0")/../generated}")
cd "$(dirname "$0")/.."

for name in mnist_mlp mnist_convnet; do
    build/perigee build "models/$name.lua" -o "$folder/$name" --emit-only --target x86-64-v4
done
