// The number of running calls in the navigation. Pages without a live connection poll it every ten seconds while visible,
// and the number of unread notices with it.
import { showUnread } from "./bell.js";

const POLL_INTERVAL_MS = 10_000;

export function showActiveCount(count) {
  for (const badge of document.querySelectorAll("[data-running-badge]")) {
    badge.hidden = !count;
    badge.querySelector("[data-running-count]").textContent = count;
  }
}

export function pollActiveCalls() {
  const url = document.body.dataset.runningUrl;
  if (!url || document.getElementById("live")) return;
  const poll = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const { running, unread } = await response.json();
      showActiveCount(running);
      showUnread(unread);
    } catch {
      // offline: the next interval retries
    }
  };
  setInterval(poll, POLL_INTERVAL_MS);
  document.addEventListener("visibilitychange", poll);
}
