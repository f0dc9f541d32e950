#!/usr/bin/env bash
# Installs what is missing to build, run and test Perigee on Debian 12. Asks nothing; uses sudo when
# not root; does not touch apt when everything is there.
set -euo pipefail

packages=(
    ca-certificates clang-19 cmake libclang-rt-19-dev libcriterion-dev libjansson-dev
    liblua5.4-dev libomp-19-dev ninja-build pkg-config zlib1g-dev
)
# Debian 12 has clang-19 in its own archive. gcc builds the compiler itself; any cc will do.
command -v cc >/dev/null || packages+=(gcc libc6-dev)

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [[ $status == "install ok installed" ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    as_root=(sudo)
fi
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
