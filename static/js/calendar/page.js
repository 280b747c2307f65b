// The calendar: follows what happens live, opens bookings and free places, and takes keys.
import { getPart, nodesOf, send } from "../http.js";
import { openConnection } from "../live/connection.js";
import { putToast, showToast } from "../toasts.js";
import { followDrags } from "./drag.js";
import { placeOf, shiftedBy } from "./positions.js";
import { openSheet, sheet, watchSheet } from "./sheet.js";

const SOON_MS = 60;
const EVERY_MS = 60_000;
const FROM_WHERE_MS = 360;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const root = () => document.getElementById("calendar");
let timer = null;
let dragging = false;

document.addEventListener("click", clicked);
document.addEventListener("keydown", pressed);
document.addEventListener("submit", takenBack);
watchSheet({ changed: refresh });
followDrags({ started: () => (dragging = true), ended: () => ((dragging = false), refreshSoon()), moved: move });
openConnection({
  stateUrl: "/live/state",
  onEvent: (name) => /^(booking|hold)\./.test(name) && refreshSoon(),
  onState: refreshSoon,
  onPhase: (phase) => phase === "connected" && refreshSoon(),
});
setInterval(() => document.hidden || refresh(), EVERY_MS);
setInterval(countDown, 1000);
countDown();

function refreshSoon() {
  timer ??= setTimeout(refresh, SOON_MS);
}

async function refresh() {
  clearTimeout(timer);
  timer = null;
  if (dragging) return;
  const html = await getPart(root().dataset.url);
  if (html && !dragging) draw(nodesOf(html)[0]);
}

// The new calendar takes the old one's place: scrolled as it was, focus where it was, and blocks glide from where they were.
function draw(fresh) {
  const old = root();
  const scrolled = old.querySelector(".ap-cal");
  const [top, left] = [scrolled?.scrollTop, scrolled?.scrollLeft];
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const before = places(old);
  old.replaceWith(fresh);
  const cal = fresh.querySelector(".ap-cal");
  if (cal && scrolled) [cal.scrollTop, cal.scrollLeft] = [top, left];
  if (focused?.dataset.booking) fresh.querySelector(`[data-booking="${focused.dataset.booking}"]`)?.focus({ preventScroll: true });
  else if (focused === scrolled) cal?.focus({ preventScroll: true });
  countDown();
  if (!still.matches) glide(before, places(fresh));
}

function places(within) {
  const found = new Map();
  for (const block of within.querySelectorAll("[data-booking]:not([data-tail])")) {
    found.set(block.dataset.booking, { block, rect: block.getBoundingClientRect() });
  }
  return found;
}

function glide(before, after) {
  for (const [id, { block, rect }] of after) {
    const was = before.get(id)?.rect;
    if (!was) block.animate([{ opacity: 0 }, { opacity: 1 }], FROM_WHERE_MS);
    else if (Math.abs(was.top - rect.top) > 1 || Math.abs(was.left - rect.left) > 1) {
      const from = `translate(${was.left - rect.left}px, ${was.top - rect.top}px)`;
      block.animate([{ transform: from, zIndex: 7 }, { transform: "none", zIndex: 7 }], { duration: FROM_WHERE_MS, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
  }
}

function clicked(event) {
  const opener = event.target.closest("[data-new]");
  if (opener && root().dataset.newUrl) {
    event.preventDefault();
    return openSheet(opener.href);
  }
  const column = event.target.closest(".ap-cal__col");
  if (!column) return;
  const block = event.target.closest("[data-booking]");
  if (block) return openSheet(root().dataset.cardUrl.replace("BOOKING", block.dataset.booking));
  const place = placeOf(column, event.clientY, Number(root().dataset.step));
  const taken = event.target.closest("[data-why]");
  const url = taken || !root().dataset.newUrl ? root().dataset.whyUrl : root().dataset.newUrl;
  openSheet(`${url}&${new URLSearchParams(place)}`);
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || sheet().open) return;
  if (event.target.matches("input, select, textarea")) return;
  const block = event.target.closest("[data-booking]:not([data-still])");
  if (event.altKey) {
    if (!block || !["ArrowUp", "ArrowDown"].includes(event.key) || !root().dataset.moveUrl) return;
    event.preventDefault();
    return move(block, shiftedBy(block, (event.key === "ArrowUp" ? -1 : 1) * Number(root().dataset.step)));
  }
  const keys = { n: "[data-new]", t: '[data-key="today"]', ArrowLeft: '[data-key="back"]', ArrowRight: '[data-key="forth"]' };
  const target = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  // the region scrolls with the arrows
  if (!target || (event.key.startsWith("Arrow") && event.target.matches(".ap-cal"))) return;
  const control = root().querySelector(target);
  if (!control) return;
  event.preventDefault();
  control.click();
}

async function move(block, place) {
  const fields = { ...place, version: block.dataset.version };
  const answer = await send(root().dataset.moveUrl.replace("BOOKING", block.dataset.booking), fields);
  if (answer.ok) putToast(answer.data.toast);
  else showToast(answer.data?.message ?? document.body.dataset.failed);
  await refresh();
}

// "Rückgängig" in a message stays on this page.
async function takenBack(event) {
  if (!event.target.closest("[data-toast]")) return;
  event.preventDefault();
  event.target.closest("[data-toast]").remove();
  const answer = await send(event.target.action, new FormData(event.target));
  if (answer.ok) putToast(answer.data.toast);
  else showToast(answer.data?.message ?? document.body.dataset.failed);
  await refresh();
}

// "Noch 4:12"; at zero the place is free again
function countDown() {
  for (const element of root().querySelectorAll("[data-expires]")) {
    const seconds = Math.ceil((Date.parse(element.dataset.expires) - Date.now()) / 1000);
    if (seconds <= 0) refreshSoon();
    const text = `${Math.max(0, Math.floor(seconds / 60))}:${String(Math.max(0, seconds % 60)).padStart(2, "0")}`;
    element.textContent = root().dataset.until.replace("{time}", text);
  }
}
