# Sourced by ./run and ./test: installs what the build needs, configures a preset, builds it.
# The caller has changed to the repository's root.

PACKAGES="g++ cmake ninja-build g++-mingw-w64-i686-win32 mingw-w64-i686-dev
  binutils-mingw-w64-i686 libcli11-dev libedit-dev libfmt-dev nlohmann-json3-dev libpng-dev libsdl2-dev
  libgtest-dev libcapstone-dev libunicorn-dev libmpfr-dev libxxhash-dev libzstd-dev pkgconf mtools dosfstools python3"

PATH="$PATH:/usr/sbin:/sbin" # mkfs.fat lives there, outside a plain user's PATH
export PATH

fail() {
  echo "faultline: $1" >&2
  exit "${2:-1}"
}

# install_missing [PACKAGE...]: PACKAGES and the arguments, through apt, if any is not there yet.
install_missing() {
  command -v dpkg-query >/dev/null 2>&1 || return 0 # not Debian: CMake says what it lacks
  missing=""
  for package in $PACKAGES "$@"; do
    case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
      installed) ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "as root, first do: apt-get install$missing"
    sudo="sudo"
  fi
  echo "faultline: installing with apt:$missing" >&2
  log=$(mktemp)
  if ! { $sudo apt-get update -qq &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      $missing; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    fail "apt could not install:$missing"
  fi
  rm -f "$log"
}

# quietly COMMAND...: progress on a terminal; otherwise nothing unless it fails.
quietly() {
  if [ -t 1 ]; then
    "$@"
  else
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
      rm -f "$log"
    else
      cat "$log" >&2
      rm -f "$log"
      return 1
    fi
  fi
}

# build PRESET [TARGET...]: brings build/PRESET up to date, all of it or the targets.
build() {
  directory=build/$1
  if [ ! -f "$directory/build.ninja" ]; then
    quietly cmake --preset "$1" || fail "configuring $directory failed"
  fi
  shift
  quietly cmake --build "$directory" --target "${@:-all}" || fail "building $directory failed"
}
