"""Looks at every page of the dashboard and takes every action, in Chromium.

usage: dashboard.py PROGRAM FOLDER [NAME...]     only the tests whose names contain one of these
"""

import json
import sys
import time
import traceback
import urllib.request
from urllib.parse import quote

from demo import Browser, Demo
from many import Redis, fill
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PAGES = {
    "overview": "/", "instances": "/instances", "running": "/instances?status=running", "failed": "/instances?status=failed",
    "filtered": "/instances?workflow=Trailer&queue=orders&after=2020-01-01T00:00", "prefix": "/instances?prefix=order-10",
    "nothing": "/instances?workflow=Nobody", "waiting": "/instance?id=order-1031", "completed": "/instance?id=order-1001",
    "failure": "/instance?id=payout-17", "long": "/instance?id=catalogue-import-7",
    "long-end": "/instance?id=catalogue-import-7&after=4800", "timer": "/instance?id=subscription-ada",
    "unknown-type": "/instance?id=return-1004", "later": "/instance?id=tomorrows-report",
    "cancelled": "/instance?id=subscription-leslie", "terminated": "/instance?id=subscription-ken",
    "timed-out": "/instance?id=subscription-trial", "quarantined": "/instance?id=price-optimiser", "queues": "/queues",
    "workers": "/workers", "quarantine": "/quarantine", "audit": "/audit", "login": "/login",
}
SCRIPT = "<script>document.title='owned'</script>"
IMAGE = "\"><img src=x onerror=\"document.title='owned'\">"
HOSTILE = [SCRIPT, IMAGE, "invoice-\u202efdp.exe", "order\u200b-\u206642\u2069", "{{{base}}}{{#rows}}{{> layout}}{{/rows}}", "huge-payload"]


def eventually(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            value = condition()
            if value:
                return value
        except StaleElementReferenceException:
            pass
        except WebDriverException as error:
            # The same, as the driver says it of a page that goes at this very moment.
            if "does not belong to the document" not in str(error):
                raise
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.05)


class Tests:
    def __init__(self, demo, folder):
        self.demo = demo
        self.folder = folder

    def browser(self, **options):
        return Browser(self.folder, **options)

    def go(self, browser, path):
        browser.driver.get(self.demo.base + path)

    def find(self, browser, selector):
        return eventually(selector, lambda: next(iter(browser.driver.find_elements(By.CSS_SELECTOR, selector)), None))

    def text(self, browser):
        return browser.driver.find_element(By.TAG_NAME, "body").text

    def sound(self, browser, where):
        """Nothing sticks out to the side, nothing complains, and each field and picture has a name."""
        wide = browser.driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{where} sticks out by {wide} pixels"
        complaints = browser.complaints()
        assert not complaints, f"{where}: {complaints}"
        unnamed = browser.driver.execute_script(
            """return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, svg[role=img], button')]
            .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
            .map(e => e.outerHTML)"""
        )
        assert not unnamed, f"{where}: without a name: {unnamed}"
        ids = browser.driver.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), f"{where}: an id twice"

    def every_page(self, name, **options):
        browser = self.browser(**options)
        try:
            for page, path in PAGES.items():
                self.go(browser, path)
                assert browser.driver.title.endswith("· Aloft"), page
                assert "{{" not in self.text(browser).replace(HOSTILE[4], ""), page
                self.sound(browser, f"{page} ({name})")
                browser.shot(f"{name}-{page}")
        finally:
            browser.close()

    def test_pages_light(self):
        self.every_page("light")

    def test_pages_dark(self):
        self.every_page("dark", dark=True)
        browser = self.browser(dark=True)
        try:
            self.go(browser, "/")
            colour = browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
            assert sum(int(part) for part in colour[4:-1].split(",")) < 150, colour
        finally:
            browser.close()

    def test_pages_narrow(self):
        self.every_page("narrow", width=360, height=740)

    def test_contrast(self):
        """Texts stand out from what is behind them, as WCAG AA asks for."""
        for dark in (False, True):
            browser = self.browser(dark=dark)
            try:
                for page in ("overview", "instances", "waiting", "failure", "quarantined", "queues"):
                    self.go(browser, PAGES[page])
                    weak = browser.driver.execute_script(CONTRAST)
                    assert not weak, f"{page}, dark {dark}: {weak}"
            finally:
                browser.close()

    def test_without_script(self):
        """All can be read, and actions taken, where scripts are off."""
        browser = self.browser(script=False)
        try:
            for page, path in PAGES.items():
                self.go(browser, path)
                assert "· Aloft" in browser.driver.title, page
            self.go(browser, "/instance?id=catalogue-import-7")
            first = self.find(browser, ".events details")
            assert not first.get_attribute("open")
            first.find_element(By.TAG_NAME, "summary").click()
            assert "2400" in first.text
            self.go(browser, "/instance?id=subscription-barbara")
            self.act(browser, "Cancel…", "Ask it to cancel", {"reason": "without a script"})
            assert "was asked to cancel" in self.text(browser)
        finally:
            browser.close()

    def test_hostile(self):
        """What workflows and clients make up is shown and does nothing."""
        browser = self.browser()
        try:
            paths = ["/", "/instances", "/instances?prefix=" + quote(SCRIPT), "/search?q=" + quote(IMAGE)]
            paths += ["/instance?id=" + quote(text) for text in HOSTILE] + ["/nowhere/" + quote(SCRIPT)]
            paths += ["/instances?workflow=" + quote(IMAGE), "/instances?done=" + quote(SCRIPT), "/login?next=" + quote(SCRIPT)]
            for path in paths:
                self.go(browser, path)
                time.sleep(0.3)
                assert browser.driver.title != "owned", path
                assert not browser.driver.find_elements(By.CSS_SELECTOR, "main img, main script"), path
                source = browser.driver.page_source
                assert "\u202e" not in source and "\u200b" not in source, path
                wide = browser.driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{path} sticks out by {wide} pixels"
            self.go(browser, "/instance?id=" + quote(SCRIPT))
            assert SCRIPT in self.text(browser)
            browser.shot("hostile")
            self.go(browser, "/instance?id=huge-payload")
            assert "of 320002 bytes" in self.text(browser) or "the first" in browser.driver.page_source
            assert len(browser.driver.page_source) < 400_000
        finally:
            browser.close()

    def test_keyboard(self):
        browser = self.browser()
        try:
            self.go(browser, "/instances")
            body = browser.driver.find_element(By.TAG_NAME, "body")
            body.send_keys(Keys.TAB)
            active = browser.driver.switch_to.active_element
            assert active.get_attribute("class") == "skip", "the first stop leads to the content"
            assert active.is_displayed()
            active.send_keys(Keys.ENTER)
            eventually("the content has the focus", lambda: browser.driver.switch_to.active_element.get_attribute("id") == "main")
            body.send_keys("/")
            search = browser.driver.switch_to.active_element
            assert search.get_attribute("id") == "search"
            search.send_keys("payout-17", Keys.ENTER)
            eventually("search leads to the instance", lambda: "id=payout-17" in browser.driver.current_url)
            browser.driver.find_element(By.TAG_NAME, "body").send_keys("g", "q")
            eventually("g q leads to the queues", lambda: browser.driver.current_url.endswith("/queues"))
            self.go(browser, "/instances")
            browser.driver.find_element(By.TAG_NAME, "body").send_keys("j", "j")
            outline = browser.driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", "the focus is seen"
            browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
            eventually("Enter opens it", lambda: "/instance?id=" in browser.driver.current_url)
            self.go(browser, "/instance?id=order-1040")
            summary = browser.driver.find_element(By.XPATH, "//summary[text()='Signal…']")
            summary.send_keys(Keys.ENTER)
            eventually("the form has the focus", lambda: browser.driver.switch_to.active_element.get_attribute("id") == "s-name")
            browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
            assert not browser.driver.find_elements(By.CSS_SELECTOR, "details.action[open]")
        finally:
            browser.close()

    def act(self, browser, action, button, fields):
        path = f"//summary[text()='{action}']"
        self.press(browser, path)
        # From here on the part that it is in stays as it is.
        form = self.find_by(browser, f"{path}/following-sibling::form")
        for name, value in fields.items():
            field = form.find_element(By.NAME, name)
            field.send_keys(value)
        form.find_element(By.XPATH, f".//button[text()='{button}']").click()

    def find_by(self, browser, path):
        return eventually(path, lambda: next(iter(browser.driver.find_elements(By.XPATH, path)), None))

    def press(self, browser, path):
        """Clicks; finds it again if the page was brought up to date just between finding and clicking."""

        def click():
            try:
                self.find_by(browser, path).click()
                return True
            except StaleElementReferenceException:
                return False

        eventually(f"pressing {path}", click)

    def state(self, instance):
        with urllib.request.urlopen(f"{self.demo.base}/api/v1/instances/{quote(instance, safe='')}") as answer:
            return json.load(answer)["data"]

    def test_actions(self):
        browser = self.browser()
        try:
            self.go(browser, "/instance?id=order-1040")
            self.act(browser, "Signal…", "Send it", {"name": "approval", "payload": '{"by": "finance", "note": null}'})
            eventually("the signal is sent", lambda: "The signal was sent" in self.text(browser))
            eventually("the order goes on", lambda: self.state("order-1040")["status"] == "completed")
            eventually("and the page shows it, without being reloaded", lambda: browser.driver.find_elements(By.CSS_SELECTOR, ".title .s-completed"))
            self.go(browser, "/instance?id=order-1041")
            self.act(browser, "Signal…", "Send it", {"name": "approval", "payload": "{broken"})
            eventually("bad JSON is refused", lambda: "is not JSON" in self.text(browser))
            self.go(browser, "/instance?id=order-1041")
            self.act(browser, "Cancel…", "Ask it to cancel", {"reason": "a test"})
            eventually("it is cancelled", lambda: self.state("order-1041")["status"] == "cancelled")
            self.go(browser, "/instance?id=order-1031")
            self.act(browser, "Try now…", "Try it now", {})
            eventually("it is tried now", lambda: "is queued for its next attempt" in self.text(browser))
            self.act(browser, "Terminate…", "Terminate it", {"reason": "a test"})
            eventually("it is terminated", lambda: self.state("order-1031")["status"] == "terminated")
            self.act(browser, "Remove…", "Remove it", {})
            eventually("it is removed", lambda: "The instance was removed" in self.text(browser))
            self.go(browser, "/quarantine")
            row = "//tr[.//a[text()='price-optimiser']]"
            self.press(browser, f"{row}//summary[text()='Release…']")
            assert self.state("price-optimiser")["isQuarantined"], "nothing is done before it is asked"
            self.press(browser, f"{row}//button[text()='Release it']")
            eventually("it is released", lambda: "The instance goes on" in self.text(browser))
            assert not self.state("price-optimiser")["isQuarantined"]
            self.go(browser, "/quarantine")
            assert "price-optimiser-2" in self.text(browser)
            self.press(browser, "//summary[text()='Release all…']")
            self.press(browser, "//button[text()='Release all of them']")
            eventually("all are released", lambda: "Nothing is in quarantine" in self.text(browser))
            assert not self.state("price-optimiser-2")["isQuarantined"]
            self.go(browser, "/instances?prefix=trailer-&status=running")
            self.press(browser, "//summary[contains(text(), 'Act on all')]")
            self.find(browser, "#b-action").send_keys("terminate")
            self.find(browser, "#b-reason").send_keys("all trailers are late")
            self.find(browser, "#b-sure").click()
            self.press(browser, "//button[text()='Do it']")
            eventually("all are terminated", lambda: "was done for all" in self.text(browser))
            assert self.state("trailer-3")["status"] == "terminated"
            self.go(browser, "/audit")
            shown = self.text(browser)
            for word in ("signal approval", "cancel", "retry activity", "terminate", "remove", "release", "release many", "terminate many",
                         "status=running&prefix=trailer-", "all trailers are late"):
                assert word in shown, word
            browser.shot("audit-after")
            # The browser itself tells of the answer 400 to the broken JSON.
            assert all("400" in complaint for complaint in browser.complaints())
        finally:
            browser.close()

    def test_live(self):
        """A page changes while it is looked at, and leaves what the reader has opened open."""
        browser = self.browser()
        try:
            self.go(browser, "/instances")
            start = urllib.request.Request(
                self.demo.base + "/api/v1/instances",
                json.dumps({"workflow": "Subscription", "id": "live-1", "queue": "orders", "input": "live"}).encode(),
                {"Content-Type": "application/json"},
            )
            urllib.request.urlopen(start)
            eventually("the list shows it", lambda: "live-1" in self.text(browser))
            self.go(browser, "/instance?id=live-1")
            line = self.find(browser, ".events details summary")
            line.click()
            signal = urllib.request.Request(
                self.demo.base + "/api/v1/instances/live-1/signals",
                json.dumps({"name": "upgrade", "payload": "gold"}).encode(),
                {"Content-Type": "application/json"},
            )
            urllib.request.urlopen(signal)
            eventually("the history shows the signal", lambda: "signal upgrade received" in self.text(browser))
            assert browser.driver.find_elements(By.CSS_SELECTOR, ".events li:first-child details[open]"), "it stays open"
            self.find(browser, "#live").click()
            assert self.find(browser, "#live").get_attribute("data-state") == "paused"
            self.sound(browser, "live")
        finally:
            browser.close()

    def test_mounted(self):
        """As a part of another server all addresses are below its place; and an action on more than one request takes goes on."""
        redis = Redis()
        browser = self.browser()
        demo = None
        try:
            demo = Demo(self.demo.process.args[0], redis=redis, mount="ops/aloft")
            demo.wait_for("The dashboard")
            fill(redis, 700)
            driver = browser.driver
            driver.get(f"http://127.0.0.1:{demo.port}/ops/aloft")
            for label in ("Instances", "Queues", "Workers", "Quarantine", "Audit", "Overview"):
                self.press(browser, f"//nav//a[text()='{label}']")
                eventually(label, lambda: driver.title.startswith(label))
                assert driver.current_url.startswith(demo.base), driver.current_url
                self.sound(browser, f"{label} (mounted)")
            eventually("it is live", lambda: self.find(browser, "#live").get_attribute("data-state") == "live")
            assert driver.execute_script("return document.styleSheets[0].cssRules.length") > 100, "styles are found"
            cookie = driver.get_cookie("aloft_session")
            assert cookie["path"] == "/ops/aloft", cookie
            driver.get(demo.base + "/instances?status=completed")
            self.remove_all(browser)
            eventually("there may be more", lambda: "There may be more, from here on" in self.text(browser))
            assert "done=bulk-more" in driver.current_url and "cursor=" in driver.current_url
            assert redis.ask("ZCARD", "{aloft:0}:expiring:c").strip() == "144", "500 of 644"
            self.remove_all(browser)
            eventually("it was done for all", lambda: "was done for all instances" in self.text(browser))
            assert redis.ask("ZCARD", "{aloft:0}:expiring:c").strip() == "0"
            assert redis.ask("ZCARD", "{aloft:0}:expiring:f").strip() == "50", "what was not meant stays"
            driver.get(demo.base + "/audit")
            shown = self.text(browser)
            for word in ("status=completed, continued", "done: 500", "done: 144", "a test of many"):
                assert word in shown, word
            assert not browser.complaints()
        finally:
            browser.close()
            if demo:
                demo.stop()
            redis.stop()

    def remove_all(self, browser):
        self.press(browser, "//summary[contains(text(), 'Act on all')]")
        self.find(browser, "#b-action").send_keys("remove")
        self.find(browser, "#b-reason").send_keys("a test of many")
        self.find(browser, "#b-sure").click()
        self.press(browser, "//button[text()='Do it']")

    def test_tokens(self):
        demo = Demo(self.demo.process.args[0], tokens=True)
        browser = self.browser()
        try:
            demo.wait_for("The dashboard")
            browser.driver.get(demo.base + "/queues")
            assert "/login" in browser.driver.current_url
            field = browser.driver.find_element(By.ID, "token")
            field.send_keys("nonsense", Keys.ENTER)
            eventually("it is refused", lambda: "There is no such token" in self.text(browser))
            browser.driver.find_element(By.ID, "token").send_keys("operate-token-of-the-demo", Keys.ENTER)
            eventually("it is let in", lambda: browser.driver.current_url == demo.base + "/queues")
            eventually("its name is shown", lambda: "operator · operate" in self.text(browser))
            assert "Audit" not in browser.driver.find_element(By.CSS_SELECTOR, "nav").text
            cookie = browser.driver.get_cookie("aloft_session")
            assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
            browser.shot("tokens")
            browser.driver.find_element(By.XPATH, "//button[text()='Log out']").click()
            eventually("it is logged out", lambda: "/login" in browser.driver.current_url)
        finally:
            browser.close()
            demo.stop()


CONTRAST = """
const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parse = t => { const n = t.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
const weak = [];
for (const e of document.querySelectorAll('body *')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  if (!r.width || !r.height || s.visibility === 'hidden' || s.clipPath !== 'none' || e.closest('svg')) continue;
  const a = light(parse(s.color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) weak.push(`${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 20)}" ${ratio.toFixed(2)}`);
}
return weak;
"""


def main():
    program, folder, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    demo = Demo(program)
    failed = 0
    try:
        demo.wait_for("Everything is there")
        tests = Tests(demo, folder)
        # What changes the demo comes last.
        order = ["pages_light", "pages_dark", "pages_narrow", "contrast", "hostile", "keyboard", "live", "without_script", "tokens", "mounted", "actions"]
        for name in order:
            if names and not any(part in name for part in names):
                continue
            start = time.monotonic()
            try:
                getattr(tests, f"test_{name}")()
                print(f"  passed  {name} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"  FAILED  {name}\n{traceback.format_exc()}", flush=True)
    finally:
        demo.stop()
    print("all passed" if not failed else f"{failed} failed")
    sys.exit(1 if failed else 0)


main()
