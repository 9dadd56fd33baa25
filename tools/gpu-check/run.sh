#!/usr/bin/env bash
# Checks the torch backend here, within six minutes: ./run.sh [results-folder]. Needs Linux and a Python with
# PyTorch; writes one JSON line a check, and what went wrong beside it, and goes on after a failure.
# Settings: PYTHON (python3), DEVICE (cuda), TINY=1 for sizes that a processor does in a minute, SLACK=4 to
# wait four times as long for each check on a machine that others use.
set -u
results=$(mkdir -p "${1:-results}" && cd "${1:-results}" && pwd)
cd "$(dirname "$0")"
python=${PYTHON:-python3}
device=${DEVICE:-cuda}
export VOXMIM_TORCH=$python VOXMIM_DEVICE=$device
node=$results/node
gunzip -c node.gz >"$node" && chmod +x "$node"

cases="blocks mae" repeats=20 steps=300 filter="" tiny=""
if [ -n "${TINY:-}" ]; then
  cases="block-small" repeats=3 steps=12 filter="${TINY_FILTER:-softmax}" tiny=--tiny
fi

# seconds, name of the results, command: a JSON line into the results, errors beside them
check() {
  local limit=$1 name=$2
  shift 2
  timeout "$((limit * ${SLACK:-1}))" "$@" >>"$results/$name.jsonl" 2>>"$results/$name.log" ||
    echo "{\"name\":\"$name\",\"failed\":\"$*\",\"code\":$?}" >>"$results/failures.jsonl"
}

check 90 ops "$node" check.mjs ops --device "$device" --filter "$filter"
for case in $cases; do
  for precision in float32 tf32 bf16; do
    check 18 steps "$node" check.mjs steps "$case" --device "$device" --precision "$precision" --repeats "$repeats"
    VOXMIM_PRECISION=$precision check 15 peer "$python" peer.py "$case" "$repeats"
  done
done
check 60 mae "$node" check.mjs mae --device "$device" --precision bf16 --repeats "$steps" $tiny

# Two processes, each with a card of its own.
cards=$(nvidia-smi --list-gpus 2>/dev/null | wc -l)
if [ "$device" = cuda ] && [ "$cards" -lt 2 ]; then
  echo "{\"what\":\"exchange\",\"skipped\":\"two processes need two cards, and this machine has $cards\"}" >>"$results/exchange.jsonl"
else
  export WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=${MASTER_PORT:-29517}
  RANK=1 LOCAL_RANK=1 check 40 exchange "$node" check.mjs exchange --device "$device" $tiny &
  RANK=0 LOCAL_RANK=0 check 40 exchange "$node" check.mjs exchange --device "$device" $tiny
  wait
fi
rm -f "$node"
cat "$results"/*.jsonl
