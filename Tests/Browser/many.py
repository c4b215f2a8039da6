"""A private Redis with many instances in it, that have not gone through their lives."""

import os
import shutil
import subprocess
import tempfile
import time

START = 1_767_225_600_000


class Redis:
    """A server of its own, on a Unix socket."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        self.socket = f"{self.folder}/redis.sock"
        self.url = f"redis+unix://{self.socket}"
        self.process = subprocess.Popen(
            ["redis-server", "--unixsocket", self.socket, "--port", "0", "--save", "", "--dir", self.folder],
            stdout=subprocess.DEVNULL,
        )
        while not os.path.exists(self.socket):
            if self.process.poll() is not None:
                raise SystemExit("redis-server did not start")
            time.sleep(0.05)

    def ask(self, *arguments):
        return subprocess.run(
            ["redis-cli", "-s", self.socket, *arguments], capture_output=True, text=True, check=True
        ).stdout

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def word(*arguments):
    parts = [f"*{len(arguments)}\r\n".encode()]
    for argument in arguments:
        data = str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def fill(redis, count):
    """Writes what finished and open instances look like: every hundredth runs, the oldest fifty have failed, one is in quarantine and
    one is of a workflow that is rare. A program has to have made the fleet before."""
    pipe = subprocess.Popen(["redis-cli", "-s", redis.socket, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    base, expiry = "{aloft:0}:", int(time.time() * 1000) + 48 * 3_600_000
    write = pipe.stdin.write
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
            write(word("SADD", f"{base}quarantined", name))
        write(word("HSET", f"{base}i:{name}", *fields))
        write(word("ZADD", base + "instances", begun, name))
    pipe.stdin.close()
    assert pipe.wait() == 0
