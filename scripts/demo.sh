#!/usr/bin/env bash
# From a fresh machine to a trained network: installs what is missing, builds Perigee, compiles a
# model, trains it on the built-in digits and evaluates it on images it has not seen.
set -euo pipefail
cd "$(dirname "$0")/.."

model=digits_convnet
folder=build/demo

say() {
    printf '\n== %s\n' "$*"
}

scripts/deps.sh
SECONDS=0

say "building perigee"
cmake --preset default
cmake --build build --target perigee

say "compiling models/$model.lua to C and to a trainer"
build/perigee build "models/$model.lua" -o "$folder"
ls -l "$folder/$model.c" "$folder/$model"

say "training on the built-in digits"
"$folder/$model" train --out "$folder/run"

say "evaluating on the test split"
"$folder/$model" eval --weights "$folder/run/weights.safetensors" --split test

printf '\nThe C is in %s, the weights are in %s. %d seconds.\n' \
    "$folder/$model.c" "$folder/run/weights.safetensors" "$SECONDS"
