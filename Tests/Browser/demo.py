"""The demo of the dashboard as a process, and Chromium to look at it."""

import os
import signal
import subprocess
import threading
import time

from demo_process import free_port
from selenium import webdriver
from selenium.webdriver.chrome.options import Options


class Demo:
    """A shop on a private Redis, and its dashboard."""

    def __init__(self, program, tokens=False, quiet=True, redis=None, mount=None):
        """With a redis, the dashboard of what is in it, without workers; with mount, as a part of another server, at that path."""
        self.port = free_port()
        environment = dict(os.environ, PORT=str(self.port), QUIET="1" if quiet else "0", TOKENS="1" if tokens else "0")
        environment.pop("ALOFT_REDIS_URL", None)
        if redis:
            environment.update(ALOFT_REDIS_URL=redis.url, ONLY="1")
        if mount:
            environment["MOUNT"] = mount
        self.process = subprocess.Popen(
            [program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.port}" + (f"/{mount}" if mount else "")

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def wait_for(self, text, seconds=90):
        end = time.monotonic() + seconds
        while not any(text in line for line in self.lines):
            if self.process.poll() is not None:
                raise SystemExit(f"the demo ended with code {self.process.returncode}")
            if time.monotonic() > end:
                raise SystemExit(f"the demo did not say '{text}'")
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Browser:
    """Chromium, without a window."""

    def __init__(self, folder, width=1280, height=900, dark=False, script=True):
        self.folder = folder
        options = Options()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        service = webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(30)
        self.size(width, height)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def size(self, width, height):
        self.width = width
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def shot(self, name, height=1000):
        self.size(self.width, height)
        os.makedirs(self.folder, exist_ok=True)
        self.driver.save_screenshot(f"{self.folder}/{name}.png")

    def complaints(self):
        """What the console says: errors of scripts, and what the content policy has stopped."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def close(self):
        self.driver.quit()
