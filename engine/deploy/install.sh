#!/bin/sh
# Installs this bundle without a network. Usage: ./install.sh [FOLDER]   (default: /opt/luochui)
# 离线安装。用法：./install.sh [目录]（默认 /opt/luochui）
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=${1:-/opt/luochui}
wanted=@PYTHON@
machine=@MACHINE@

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

[ "$(uname -m)" = "$machine" ] || die "This bundle is for $machine, this machine is $(uname -m)." "安装包适用于 $machine，本机为 $(uname -m)。"

python=
for name in "python$wanted" python3 python; do
    if found=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) && [ "$found" = "$wanted" ]; then
        python=$name
        break
    fi
done
[ -n "$python" ] || die "This bundle needs Python $wanted; make one for your Python with: make bundle" "本安装包需要 Python $wanted；请在同版本 Python 上用 make bundle 重新制作。"

cd "$here"
sha256sum --check --quiet SHA256SUMS || die "The bundle is damaged: copy it again." "安装包已损坏，请重新拷贝。"

if [ ! -x "$folder/bin/python" ]; then
    "$python" -m venv "$folder" || die "Python's venv module is missing. On Debian or Ubuntu: python3-venv" "缺少 venv 模块（Debian/Ubuntu：python3-venv）。"
fi
"$folder/bin/python" -m pip --isolated --disable-pip-version-check --quiet install \
    --no-index --find-links wheels --require-hashes --only-binary :all: -r requirements.txt

"$folder/bin/luochui" --help >/dev/null
echo "落槌 Luochui @VERSION@ is installed in $folder 已安装"
echo "  $folder/bin/luochui doctor --data DIR     检查环境 look whether a sale can be held here"
echo "  $folder/bin/luochui demo                  演示 the demo sale"
echo "  deploy/                                   systemd, nginx, Prometheus, Grafana"
