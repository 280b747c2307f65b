// The number of running calls beside "Live". Pages without a live connection ask every ten seconds while they are looked at.
const EVERY_MS = 10_000;

export function showRunning(count) {
  for (const badge of document.querySelectorAll("[data-running-badge]")) {
    badge.hidden = !count;
    badge.querySelector("[data-running-count]").textContent = count;
  }
}

export function watchRunning() {
  const url = document.body.dataset.runningUrl;
  if (!url || document.getElementById("live")) return;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (response.ok) showRunning((await response.json()).running);
    } catch {
      // offline: the next round asks again
    }
  };
  setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
}
