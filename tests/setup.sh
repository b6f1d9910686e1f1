#!/usr/bin/env bash
# Installs what is missing for `make demo`, `make test`, `make dist`, `make bench-audio` or `make bench-server` on Debian;
# elsewhere it prints what to install. Usage: tests/setup.sh demo|test|dist|bench-audio|bench-server
set -euo pipefail
cd "$(dirname "$0")/.."
goal=${1:?demo, test, dist, bench-audio or bench-server}
have() { command -v "$1" >/dev/null 2>&1; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
# A package of npm, in a folder of its own in target/lab.
from_npm() {
  local folder=target/lab/$1 package=$2
  [ "$(cat "$folder/.wanted" 2>/dev/null)" != "$package" ] || return 0
  printf 'setup: npm package: %s\n' "$package"
  rm -rf "$folder"
  mkdir -p "$folder"
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent "$package"
  printf '%s' "$package" > "$folder/.wanted"
}

# Toolchains come first: nothing is installed before it is known that it will be of use.
missing=()
have cargo || missing+=("Rust by rustup (https://rustup.rs); the version in rust-toolchain.toml is fetched by itself")
if [ "$goal" = test ] || [ "$goal" = bench-server ]; then
  have go && go version | grep -qE 'go1\.(2[6-9]|[3-9][0-9])' || missing+=("Go 1.26 or newer (builds livekit-server and pebble)")
fi
if [ "$goal" = test ]; then
  have node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || missing+=("Node 20 or newer (LiveKit peers, an OpenID provider)")
  have npm || missing+=("npm, which comes with Node (an OpenID provider, a LiveKit peer)")
  have python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || missing+=("Python 3.11 or newer (a LiveKit peer, scores)")
fi
if [ "$goal" = bench-audio ]; then
  have python3 && python3 -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' || missing+=("Python 3.11 or 3.12 (scores; numpy 1.26 has no newer one)")
fi
if [ ${#missing[@]} -gt 0 ]; then
  printf 'setup: make %s needs:\n' "$goal" >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi

# Debian package and how to know that it is there.
packages=()
want() { eval "$2" >/dev/null 2>&1 || packages+=("$1"); }
want build-essential 'have gcc && have g++ && have make'
want cmake 'have cmake'
want pkg-config 'have pkg-config'
want libasound2-dev 'pkg-config --exists alsa'
if [ "$goal" = test ]; then
  want pulseaudio 'have pulseaudio'
  want pulseaudio-utils 'have pactl'
  want espeak-ng 'have espeak-ng'
  want tmux 'have tmux'
  want groff-base 'have groff'
  want zsh 'have zsh'
  want fish 'have fish'
  want dbus 'have dbus-run-session'
  want gnome-keyring 'have gnome-keyring-daemon'
  want libsecret-tools 'have secret-tool'
  want keyutils 'have keyctl'
  want iproute2 'have ip'
  want python3-venv 'python3 -c "import venv, ensurepip"'
  want systemd 'have systemd-analyze'
  want gcc-mingw-w64-x86-64 'have x86_64-w64-mingw32-gcc'
  want g++-mingw-w64-x86-64 'have x86_64-w64-mingw32-g++'
  want chromium 'have chromium'
  want tayga 'have tayga || test -x /usr/sbin/tayga'
  want squid 'have squid || test -x /usr/sbin/squid'
  want tinyproxy-bin 'have tinyproxy'
  want strace 'have strace'
  want coturn 'have turnserver'
  want prosody 'have prosody'
fi
if [ "$goal" = test ] || [ "$goal" = dist ]; then
  want dpkg-dev 'have dpkg-shlibdeps'
  want openssh-client 'have ssh-keygen'
fi
if [ "$goal" = dist ]; then
  want git 'have git'
  want iproute2 'have ip'
  want musl-tools 'have musl-gcc'
fi
if [ "$goal" = bench-audio ]; then
  want pulseaudio 'have pulseaudio'
  want pulseaudio-utils 'have pactl'
  want espeak-ng 'have espeak-ng'
  want iproute2 'have ip'
  want chromium 'have chromium'
  want npm 'have npm'
  want python3-venv 'python3 -c "import venv, ensurepip"'
  want python3-dev 'test -f "$(python3 -c "import sysconfig; print(sysconfig.get_path(\"include\"))")/Python.h"' # pesq is compiled
fi
if [ ${#packages[@]} -gt 0 ]; then
  if ! have apt-get; then
    fail "please install the equivalents of these Debian packages, then run make $goal again: ${packages[*]}"
  fi
  run=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || fail "not root and no sudo; ask an administrator to run: apt-get install -y ${packages[*]}"
    run=(sudo)
    if [ -t 0 ]; then
      printf 'setup: sudo apt-get install %s ? [Y/n] ' "${packages[*]}"
      read -r answer
      case "$answer" in [nN]*) fail "not installed; run it yourself: sudo apt-get install ${packages[*]}" ;; esac
    else
      run=(sudo -n)
    fi
  fi
  printf 'setup: apt-get install %s\n' "${packages[*]}"
  # These come as services too, which nobody here wants to run.
  services=()
  for service in squid prosody; do
    [[ " ${packages[*]} " != *" $service "* ]] || services+=("$service")
  done
  quiet=/usr/sbin/policy-rc.d
  if [ ${#services[@]} -gt 0 ] && [ ! -e $quiet ]; then
    trap '"${run[@]}" rm -f $quiet' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee $quiet >/dev/null
    "${run[@]}" chmod 755 $quiet
  fi
  "${run[@]}" apt-get update -qq
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  if [ ${#services[@]} -gt 0 ] && have systemctl; then
    "${run[@]}" systemctl disable --quiet "${services[@]}" 2>/dev/null || true
  fi
fi

if [ "$goal" = dist ] && ! rustup target list --installed | grep -qx x86_64-unknown-linux-musl; then
  rustup target add x86_64-unknown-linux-musl
fi

if [ "$goal" = test ]; then
  # Peers that we did not write, and scores that nobody here invented.
  venv=target/lab/venv
  wanted='livekit==1.2.1 livekit-api==1.2.1 numpy==1.26.4 pesq==0.0.4'
  if [ "$(cat $venv/.wanted 2>/dev/null)" != "$wanted" ]; then
    printf 'setup: python packages: %s\n' "$wanted"
    rm -rf $venv
    python3 -m venv $venv
    # shellcheck disable=SC2086
    $venv/bin/pip install --quiet $wanted
    printf '%s' "$wanted" > $venv/.wanted
  fi
  # Prometheus' own check of metrics, out of its package: installed, that would be a service.
  if ! have promtool && [ ! -x target/lab/promtool ]; then
    have apt-get || fail "please put promtool (of Prometheus) on the PATH or at target/lab/promtool"
    printf 'setup: promtool from the package prometheus\n'
    mkdir -p target/lab/prometheus
    (cd target/lab/prometheus && apt-get download -qq prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool)
    mv target/lab/prometheus/usr/bin/promtool target/lab/promtool
    rm -r target/lab/prometheus
  fi
  # The OpenID provider that people sign in at, and peers that we did not write.
  from_npm oidc 'oidc-provider@9.13.3'
  from_npm node '@livekit/rtc-node@1.1.0'
  # The ACME directory that Let's Encrypt tests clients with, and the DNS beside it.
  if [ ! -x target/lab/pebble ] || [ ! -x target/lab/pebble-challtestsrv ]; then
    printf 'setup: pebble 2.10.3 by the Go module proxy\n'
    mkdir -p target/lab
    go -C tests/pebble build -trimpath -ldflags '-s -w' -o ../../target/lab/ \
      github.com/letsencrypt/pebble/v2/cmd/pebble github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv
  fi
  if [ ! -x target/lab/livekit-server ]; then
    printf 'setup: livekit-server 1.13.5 by the Go module proxy (minutes at the first time)\n'
    mkdir -p target/lab
    go -C tests/livekit build -trimpath -ldflags '-s -w' -o ../../target/lab/livekit-server github.com/livekit/livekit-server/cmd/server
  fi
fi

if [ "$goal" = bench-audio ]; then
  # Scores that nobody here invented; their models are inside the packages.
  venv=target/lab/score
  wanted='numpy==1.26.4 scipy soundfile speechmos==0.0.1.1 visqol-python==3.8.0 ai-edge-litert pesq==0.0.4 pystoi onnxruntime librosa pandas tqdm pocketsphinx==5.1.1'
  scores() { "$venv/bin/python" -c 'import pesq, visqol, speechmos.plcmos, pocketsphinx'; }
  if [ "$(cat $venv/.wanted 2>/dev/null)" != "$wanted" ] && ! scores >/dev/null 2>&1; then
    printf 'setup: python packages that score sound, about 800 MB: %s\n' "$wanted"
    rm -rf $venv
    mkdir -p target/lab
    python3 -m venv $venv
    # shellcheck disable=SC2086
    $venv/bin/pip install --quiet $wanted
    scores
    printf '%s' "$wanted" > $venv/.wanted
  fi
fi

if [ "$goal" = test ] || [ "$goal" = bench-audio ]; then
  # The peer in a browser.
  from_npm web 'livekit-client@2.23.0'
fi
