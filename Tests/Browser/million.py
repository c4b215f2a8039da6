"""How long each page takes, and how much of Redis it reads, with a million instances; not a part of the quick tests.

usage: million.py PROGRAM [INSTANCES]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from demo_process import free_port

PAGES = {
    "overview": "/", "instances": "/instances", "one status (most)": "/instances?status=completed",
    "one status (50, the oldest)": "/instances?status=failed", "open ones": "/instances?status=running",
    "a workflow that is rare": "/instances?workflow=Rare", "id prefix (found at once)": "/instances?prefix=order-000999",
    "id prefix (the oldest)": "/instances?prefix=order-0000000", "whole id": "/instance?id=order-0000007",
    "from the middle": "/instances?before=2026-01-06T00:00", "quarantine (one, the oldest)": "/quarantine", "queues": "/queues",
    "workers": "/workers",
}
START = 1_767_225_600_000


def word(*arguments):
    parts = [f"*{len(arguments)}\r\n".encode()]
    for argument in arguments:
        data = str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def fill(socket, count):
    """Writes what finished and open instances look like, without going through their lives."""
    pipe = subprocess.Popen(["redis-cli", "-s", socket, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    base, expiry = "{aloft:0}:", int(time.time() * 1000) + 48 * 3_600_000
    write = pipe.stdin.write
    write(word("HSET", base + "namespace", "format", 1, "partitions", 1))
    for number in range(count):
        name, begun = f"order-{number:07d}", START + number * 1_000
        status = "f" if number < 50 else "r" if number % 100 == 7 else "c"
        workflow = "Rare" if number == 60 else "OrderFulfilment"
        fields = ["x", f"e{number}", "w", workflow, "q", "orders", "s", status, "n", 10, "c", begun]
        if status != "r":
            fields += ["f", begun + 5_000]
            write(word("ZADD", f"{base}expiring:{status}", expiry + number, name))
        elif number == 107:
            fields += ["p", "3:1:quarantined: 3 workers died with its workflow task in hand"]
        write(word("HSET", f"{base}i:{name}", *fields))
        write(word("ZADD", base + "instances", begun, name))
    pipe.stdin.close()
    assert pipe.wait() == 0


def commands(socket):
    """Calls over the wire, and commands that scripts have run."""
    text = subprocess.run(
        ["redis-cli", "-s", socket, "INFO", "commandstats"], capture_output=True, text=True, check=True
    ).stdout
    counts = {}
    for line in text.splitlines():
        if line.startswith("cmdstat_"):
            name, rest = line[8:].split(":", 1)
            counts[name] = int(rest.split(",", 1)[0].split("=")[1])
    calls = counts.get("evalsha_ro", 0) + counts.get("evalsha", 0)
    inner = sum(count for name, count in counts.items() if name not in ("evalsha", "evalsha_ro", "info", "config|get"))
    return calls, inner


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    folder = tempfile.mkdtemp()
    socket = f"{folder}/redis.sock"
    redis = subprocess.Popen(
        ["redis-server", "--unixsocket", socket, "--port", "0", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
    )
    demo = None
    try:
        while not os.path.exists(socket):
            time.sleep(0.05)
        begun = time.monotonic()
        fill(socket, count)
        print(f"{count:,} instances in {time.monotonic() - begun:.0f} s")
        port = free_port()
        environment = dict(os.environ, PORT=str(port), ONLY="1", ALOFT_REDIS_URL=f"redis+unix://{socket}")
        demo = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        demo.stdout.readline()
        print(f"{'page':32} {'ms':>8} {'calls':>6} {'reads':>8} {'kB':>6}")
        for name, path in PAGES.items():
            address = f"http://127.0.0.1:{port}{path}"
            urllib.request.urlopen(address).read()
            best, size = 1e9, 0
            before = commands(socket)
            for _ in range(3):
                begun = time.monotonic()
                size = len(urllib.request.urlopen(address).read())
                best = min(best, time.monotonic() - begun)
            after = commands(socket)
            calls, reads = ((late - early) / 3 for early, late in zip(before, after))
            print(f"{name:32} {best * 1000:8.1f} {calls:6.0f} {reads:8.0f} {size / 1000:6.0f}")
    finally:
        if demo:
            demo.terminate()
            demo.wait()
        redis.terminate()
        redis.wait()
        shutil.rmtree(folder)


main()
