#!/usr/bin/env bash
# Builds for release and prints the figures; takes some minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --static-swift-stdlib --product infra
swift build -c release --static-swift-stdlib --product ChatAPI
swift build -c release --static-swift-stdlib --product DeploymentBenchmark
swift build -c release --static-swift-stdlib --package-path Benchmarks
Benchmarks/run.py "$@"
Benchmarks/start.py
Benchmarks/deployment.py
Benchmarks/broker.py
if command -v wrk >/dev/null; then
    Benchmarks/events.py
else
    echo "Events are not measured: wrk is missing, a package of Debian's." >&2
fi
if [[ -n "${CHAT_BENCH:-}" ]]; then
    Benchmarks/chat.py --bench "$CHAT_BENCH" --python "${CHAT_PYTHON:-python3}"
else
    echo "Streams are not compared: CHAT_BENCH names no folder with an upstream, a load generator and peers." >&2
fi
