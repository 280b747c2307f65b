// The bell in the header: how many notices are unread. The live connection, where the page has one, says when that may have changed.
import { fetchJson } from "./http.js";

const DELAY_MS = 300;

export function followBell() {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  let timer = null;
  document.addEventListener("notices:changed", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetchJson(bell.dataset.url);
      if (answer) showUnread(answer.unread);
    }, DELAY_MS);
  });
}

export function showUnread(unread) {
  const bell = document.querySelector("[data-bell]");
  if (!bell || Number(bell.dataset.unread) === unread) return;
  bell.dataset.unread = unread;
  const count = bell.querySelector("[data-bell-count]");
  const text = unread > 99 ? "99+" : String(unread);
  count.textContent = text;
  count.hidden = !unread;
  const words = document.querySelector("[data-bell-words]");
  words.textContent = unread ? words.dataset.some.replace("{n}", text) : words.dataset.none;
  bell.querySelector("[data-bell-name]").textContent = unread ? `, ${words.textContent}` : "";
}
