#!/bin/sh
# Makes the images that the Docker tests use, under the default names that flows have, without a registry.
#
#   tests/images.sh [CACHE]      CACHE: folder for the root file systems, default ~/.cache/celeriac-images
#
# Needs root, debootstrap, python3 with pip, and a running engine. What is cached or imported already is kept.
set -eu

cache=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/celeriac-images}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
suite=bookworm
python=3.11
mkdir -p "$cache/packages"
cache=$(cd "$cache" && pwd)

# root_file_system NAME PACKAGE,PACKAGE… — makes $cache/NAME.tar
root_file_system() {
  [ -f "$cache/$1.tar" ] && return
  folder="$cache/$1.new"
  rm -rf "$folder"
  debootstrap --variant=minbase --cache-dir="$cache/packages" ${2:+--include="$2"} "$suite" "$folder" "$mirror"
  rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/* "$folder"/usr/share/doc
  rm -f "$folder/usr/lib/python$python/EXTERNALLY-MANAGED"
  if [ -e "$folder/usr/bin/python3" ]; then ln -sf python3 "$folder/usr/bin/python"; fi
  if [ "$1" = pydata ]; then
    python3 -m pip install --quiet --target "$folder/usr/local/lib/python$python/dist-packages" \
      --python-version "$python" --implementation cp --only-binary :all: \
      --no-warn-conflicts --root-user-action ignore pandas
  fi
  tar -C "$folder" --numeric-owner -cf "$cache/$1.tar.new" .
  mv "$cache/$1.tar.new" "$cache/$1.tar"
  rm -rf "$folder"
}

# image NAME TAG… — imports $cache/NAME.tar unless the engine has that very file, and gives it all tags
image() {
  name=$1
  shift
  mark=$(stat -c %Y-%s "$cache/$name.tar")
  have=$(docker image inspect --format '{{ index .Config.Labels "celeriac.tests" }}' "$1" 2>/dev/null || true)
  if [ "$have" != "$mark" ]; then
    docker import --change 'CMD ["/bin/sh"]' --change "LABEL celeriac.tests=$mark" \
      --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$cache/$name.tar" "$1" >/dev/null
  fi
  first=$1
  for tag in "$@"; do docker tag "$first" "$tag"; done
  echo "$name: $*"
}

root_file_system ubuntu ''
root_file_system python python3-minimal,python3-pip,ca-certificates
root_file_system node nodejs,ca-certificates
root_file_system pydata python3-minimal,python3-pip,ca-certificates

image ubuntu ubuntu:latest
image python python:3.13-slim python:3.11-slim
image node node:latest
image pydata ghcr.io/kestra-io/pydata:latest
