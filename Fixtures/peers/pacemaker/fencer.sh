#!/bin/sh
# usage: fencer.sh DIRECTORY AGENT-DIRECTORY COMMAND...
# Runs Pacemaker's fencer alone, without a cluster, in a mount namespace of its own; then COMMAND, with
# its standard error. DIRECTORY is empty and ours; AGENT-DIRECTORY takes the place of /usr/sbin, where
# the fencer looks for agents. Needs root, and stonith_admin and pacemaker-fenced of .build/peers/bin.
set -eu
if [ "${FENCER_NAMESPACE:-}" = "" ]; then
  FENCER_NAMESPACE=1 exec unshare --mount --propagation private sh "$0" "$@"
fi
directory=$1 agents=$2
shift 2
programs=$(dirname "$(readlink -f "$(command -v stonith_admin)")")/../../..
LD_LIBRARY_PATH=$(find "$programs" -maxdepth 4 -type d -path '*/usr/lib/*-linux-gnu' | tr '\n' ':')
export LD_LIBRARY_PATH
admin=$(readlink -f "$(command -v stonith_admin)")
fencer=$(readlink -f "$(command -v pacemaker-fenced)")

cp /etc/passwd /etc/group "$directory"
echo 'hacluster:x:189:189::/:/bin/false' >>"$directory/passwd"
echo 'haclient:x:189:' >>"$directory/group"
mount --bind "$directory/passwd" /etc/passwd
mount --bind "$directory/group" /etc/group
mount --bind "$agents" /usr/sbin
for place in /var/log /var/lib /run /dev/shm; do mount -t tmpfs none $place; done
mkdir -p /var/log/pacemaker /var/lib/pacemaker/cib /var/lib/pacemaker/cores /run/crm
chown -R 189:189 /var/lib/pacemaker /run/crm

"$fencer" -s -V >"$directory/fencer.log" 2>&1 &
running=$!
trap 'kill $running' EXIT
tries=0
until "$admin" -L >/dev/null 2>&1 || [ $tries -ge 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
STONITH_ADMIN=$admin
export STONITH_ADMIN
"$@"
