// A line check that runs: its steps are asked for again until it is over.
import { getPart, nodesOf } from "./http.js";

const EVERY_MS = 350;

look();

function look() {
  const box = document.getElementById("line-check");
  if (!box?.dataset.look) return;
  setTimeout(async () => {
    const part = await getPart(box.dataset.look);
    if (part) box.replaceWith(...nodesOf(part));
    if (document.getElementById("line-check")?.dataset.look) look();
    else location.reload();
  }, EVERY_MS);
}
