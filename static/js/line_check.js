// Polls the steps of a running line check until it ends.
import { fetchFragment, parseNodes } from "./http.js";

const POLL_INTERVAL_MS = 350;

poll();

function poll() {
  const box = document.getElementById("line-check");
  if (!box?.dataset.pollUrl) return;
  setTimeout(async () => {
    const html = await fetchFragment(box.dataset.pollUrl);
    if (html) box.replaceWith(...parseNodes(html));
    if (document.getElementById("line-check")?.dataset.pollUrl) poll();
    else location.reload();
  }, POLL_INTERVAL_MS);
}
