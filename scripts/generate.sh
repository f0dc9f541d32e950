#!/usr/bin/env bash
# Compiles the models that generated/ shows to C, into that folder or another: NAME/NAME.c each.
#
#   scripts/generate.sh [FOLDER]
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname "$0")/../generated}")
cd "$(dirname "$0")/.."

for name in mnist_mlp mnist_convnet digits_convnet; do
    build/perigee build "models/$name.lua" -o "$folder/$name" --target x86-64-v4 --emit-only
done
