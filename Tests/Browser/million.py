"""How long each page takes, and how much of Redis it reads, with a million instances; fails where that is more than it should be.

usage: million.py PROGRAM [INSTANCES]
"""

import os
import subprocess
import sys
import time
import urllib.request

from demo_process import free_port
from many import Redis, fill

# The address, what the page has to show, and how many calls of scripts and commands within them it takes at most. Conditions that few
# instances meet are looked for among 8,000 instances or 160,000 ids, and then the page is told to look further back.
SMALL, FAR = (12, 500), (16, 12_000)
PAGES = {
    "overview": ("/", "Overview", SMALL), "instances": ("/instances", "{newest}", SMALL),
    "one status (most)": ("/instances?status=completed", "{newest}", SMALL),
    "one status (50, the oldest)": ("/instances?status=failed", "order-0000049", SMALL),
    "open ones": ("/instances?status=running", "running", FAR),
    "a workflow that is rare": ("/instances?workflow=Rare", "Look further back", FAR),
    "id prefix (found at once)": ("/instances?prefix={newest}", "{newest}", FAR),
    "id prefix (the oldest)": ("/instances?prefix=order-0000000", "Look further back", FAR),
    "whole id": ("/instance?id=order-0000007", "order-0000007", SMALL),
    "from the middle": ("/instances?before=2026-01-06T00:00", "order-0431999", SMALL),
    "quarantine (one, the oldest)": ("/quarantine", "order-0000107", SMALL), "queues": ("/queues", "Queues", SMALL),
    "workers": ("/workers", "Workers", SMALL),
}
# Generous, for slow machines and programs that are not optimised: ten times what it takes on two cores.
MOST_SECONDS = 2.0


def commands(redis):
    """Calls over the wire, and commands that scripts have run."""
    counts = {}
    for line in redis.ask("INFO", "commandstats").splitlines():
        if line.startswith("cmdstat_"):
            name, rest = line[8:].split(":", 1)
            counts[name] = int(rest.split(",", 1)[0].split("=")[1])
    calls = counts.get("evalsha_ro", 0) + counts.get("evalsha", 0)
    inner = sum(count for name, count in counts.items() if name not in ("evalsha", "evalsha_ro", "info", "config|get"))
    return calls, inner


def look(redis, base, names):
    problems = []
    print(f"{'page':32} {'ms':>8} {'calls':>6} {'reads':>8} {'kB':>6}")
    for name, (path, sign, (most_calls, most_reads)) in PAGES.items():
        address, sign = base + path.format(**names), sign.format(**names)
        urllib.request.urlopen(address).read()
        best, page = 1e9, b""
        before = commands(redis)
        for _ in range(3):
            begun = time.monotonic()
            page = urllib.request.urlopen(address).read()
            best = min(best, time.monotonic() - begun)
        after = commands(redis)
        calls, reads = ((late - early) / 3 for early, late in zip(before, after))
        print(f"{name:32} {best * 1000:8.1f} {calls:6.0f} {reads:8.0f} {len(page) / 1000:6.0f}")
        if sign not in page.decode():
            problems.append(f"{name} does not show {sign}")
        if calls > most_calls or reads > most_reads:
            problems.append(f"{name} takes {calls:.0f} calls and {reads:.0f} reads, not {most_calls} and {most_reads} at most")
        if best > MOST_SECONDS:
            problems.append(f"{name} takes {best:.1f} s, not {MOST_SECONDS} s at most")
    return problems


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    if count < 500_000:
        raise SystemExit("with fewer than 500,000 instances, the pages above do not show what they should")
    redis, demo = Redis(), None
    try:
        port = free_port()
        environment = dict(os.environ, PORT=str(port), ONLY="1", ALOFT_REDIS_URL=redis.url)
        demo = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        assert demo.stdout.readline(), "the demo ended"
        begun = time.monotonic()
        fill(redis, count)
        print(f"{count:,} instances in {time.monotonic() - begun:.0f} s")
        problems = look(redis, f"http://127.0.0.1:{port}", {"newest": f"order-{count - 1:07d}"})
    finally:
        if demo:
            demo.terminate()
            demo.wait()
        redis.stop()
    for problem in problems:
        print(f"FAILED  {problem}")
    sys.exit(1 if problems else 0)


main()
