// What pages gain by a script: they stay up to date, tell how long ago things were, and listen to keys. All of them can be
// read, and all actions taken, without it.
"use strict";

(() => {
  const body = document.body;

  // Moments: "3 min ago", with the exact one behind.
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const ago = (seconds) => {
    const size = Math.abs(seconds);
    if (size < 1) return "now";
    const [length, name] = units.find(([length]) => size >= length) || units[3];
    const text = `${Math.floor(size / length)} ${name}`;
    return seconds < 0 ? `in ${text}` : `${text} ago`;
  };
  const tellTimes = () => {
    for (const time of document.querySelectorAll("time[datetime]:not([data-exact])")) {
      const moment = Date.parse(time.dateTime);
      if (Number.isNaN(moment)) continue;
      if (!time.title) time.title = `${time.textContent} UTC`;
      const text = ago(Math.trunc((Date.now() - moment) / 1000));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  tellTimes();
  setInterval(tellTimes, 1000);

  // Copying an id.
  const showCopying = (root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button.copy")) button.hidden = false;
  };
  showCopying(document);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  });

  // One of the actions is open at a time, and Escape closes it.
  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (!opened.open || !opened.matches("details.action")) return;
    for (const other of document.querySelectorAll("details.action[open]")) if (other !== opened) other.open = false;
    opened.querySelector("input:not([type=hidden]), textarea, button")?.focus();
  }, true);

  // Parts that have changed take the place of what is shown. What the reader has opened stays open; a part in which they type
  // is left alone until they are done.
  const isBusy = (part) => {
    const field = document.activeElement;
    return part.contains(field) && field.matches("input, textarea, select") || part.querySelector("details.action[open]");
  };
  const keyOf = (element, index) => element.dataset.key || `${element.className}-${index}`;
  const details = (part) => [...part.querySelectorAll("details")].map((element, index) => [keyOf(element, index), element]);
  const replace = ({ id, mark, html }) => {
    let part = document.getElementById(`f-${id}`);
    if (!part) {
      if (!html) return;
      part = document.createElement("div");
      part.className = "fragment";
      part.id = `f-${id}`;
      document.getElementById("main").append(part);
    }
    if (part.dataset.mark === mark || isBusy(part)) return;
    part.dataset.mark = mark;
    const open = new Map(details(part).map(([key, element]) => [key, element.open]));
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const href = focused && focused.getAttribute("href");
    const scrolls = [...part.querySelectorAll(".scroll")].map((element) => element.scrollLeft);
    part.innerHTML = html;
    for (const [key, element] of details(part)) if (open.has(key)) element.open = open.get(key);
    part.querySelectorAll(".scroll").forEach((element, index) => { element.scrollLeft = scrolls[index] || 0; });
    if (href) part.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
    showCopying(part);
    tellTimes();
  };

  const button = document.getElementById("live");
  let feed = null;
  let isPaused = false;
  const show = (state, text) => {
    if (!button) return;
    button.dataset.state = state;
    button.querySelector("span").textContent = text;
    button.setAttribute("aria-pressed", String(state !== "paused"));
  };
  const close = () => {
    if (feed) feed.close();
    feed = null;
  };
  const listen = () => {
    close();
    if (isPaused || document.hidden || !body.dataset.live) return;
    feed = new EventSource(body.dataset.live);
    feed.addEventListener("fragment", (event) => {
      show("live", "Live");
      replace(JSON.parse(event.data));
    });
    feed.addEventListener("quiet", () => show("live", "Live"));
    feed.addEventListener("gone", () => show("trouble", "No longer there"));
    feed.addEventListener("trouble", () => show("trouble", "Store does not answer"));
    feed.onerror = () => show("trouble", feed && feed.readyState === 2 ? "Not live" : "Connecting");
  };
  if (button && body.dataset.live && window.EventSource) {
    button.hidden = false;
    button.addEventListener("click", () => {
      isPaused = !isPaused;
      if (isPaused) { close(); show("paused", "Paused"); } else { show("live", "Live"); listen(); }
    });
    document.addEventListener("visibilitychange", listen);
    window.addEventListener("pagehide", close);
    listen();
  }

  // Keys.
  const places = { o: 0, i: 1, q: 2, w: 3, a: 5 };
  let isGoing = false;
  const move = (step) => {
    const links = [...document.querySelectorAll("main table.rows a.id")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  };
  document.addEventListener("keydown", (event) => {
    const opened = document.querySelector("details.action[open]");
    if (event.key === "Escape" && opened) {
      opened.open = false;
      opened.querySelector("summary").focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (isGoing) {
      isGoing = false;
      const link = document.querySelectorAll("header.top nav a")[places[event.key]];
      if (link) link.click();
      return;
    }
    switch (event.key) {
    case "/":
      event.preventDefault();
      document.getElementById("search").select();
      document.getElementById("search").focus();
      break;
    case "g": isGoing = true; setTimeout(() => { isGoing = false; }, 1200); break;
    case "j": move(1); break;
    case "k": move(-1); break;
    }
  });
})();
