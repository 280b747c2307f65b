// The calendar: refreshes on live events, opens bookings and free slots, and handles keys.
import { fetchFragment, parseNodes, postForm } from "../http.js";
import { openConnection } from "../live/connection.js";
import { appendToast, showToast } from "../toasts.js";
import { enableDragging } from "./drag.js";
import { slotAt, slotShiftedBy } from "./positions.js";
import { openSheet, showSheet, sheet, bindSheet } from "./sheet.js";

const DEBOUNCE_MS = 60;
const POLL_INTERVAL_MS = 60_000;
const ANIMATION_MS = 360;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const root = () => document.getElementById("calendar");
let timer = null;
let dragging = false;

document.addEventListener("click", handleClick);
document.addEventListener("keydown", handleKey);
document.addEventListener("submit", submitUndo);
bindSheet({ changed: refresh });
enableDragging({ started: () => (dragging = true), ended: () => ((dragging = false), scheduleRefresh()), moved: move });
openConnection({
  stateUrl: "/live/state",
  onEvent: (name) => /^(booking|hold)\./.test(name) && scheduleRefresh(),
  onState: scheduleRefresh,
  onPhase: (phase) => phase === "connected" && scheduleRefresh(),
});
setInterval(() => document.hidden || refresh(), POLL_INTERVAL_MS);
setInterval(countDown, 1000);
countDown();

function scheduleRefresh() {
  timer ??= setTimeout(refresh, DEBOUNCE_MS);
}

async function refresh() {
  clearTimeout(timer);
  timer = null;
  if (dragging) return;
  const html = await fetchFragment(root().dataset.url);
  if (html && !dragging) draw(parseNodes(html)[0]);
}

// Replaces the calendar; keeps scroll position and focus, and animates moved blocks.
function draw(fresh) {
  const old = root();
  const scrolled = old.querySelector(".ap-cal");
  const [top, left] = [scrolled?.scrollTop, scrolled?.scrollLeft];
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const before = blockRects(old);
  old.replaceWith(fresh);
  const cal = fresh.querySelector(".ap-cal");
  if (cal && scrolled) [cal.scrollTop, cal.scrollLeft] = [top, left];
  if (focused?.dataset.booking) fresh.querySelector(`[data-booking="${focused.dataset.booking}"]`)?.focus({ preventScroll: true });
  else if (focused === scrolled) cal?.focus({ preventScroll: true });
  countDown();
  if (!reducedMotion.matches) glide(before, blockRects(fresh));
}

function blockRects(within) {
  const rects = new Map();
  for (const block of within.querySelectorAll("[data-booking]:not([data-tail])")) {
    rects.set(block.dataset.booking, { block, rect: block.getBoundingClientRect() });
  }
  return rects;
}

function glide(before, after) {
  for (const [id, { block, rect }] of after) {
    const was = before.get(id)?.rect;
    if (!was) block.animate([{ opacity: 0 }, { opacity: 1 }], ANIMATION_MS);
    else if (Math.abs(was.top - rect.top) > 1 || Math.abs(was.left - rect.left) > 1) {
      const from = `translate(${was.left - rect.left}px, ${was.top - rect.top}px)`;
      block.animate([{ transform: from, zIndex: 7 }, { transform: "none", zIndex: 7 }], { duration: ANIMATION_MS, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
  }
}

function handleClick(event) {
  const opener = event.target.closest("[data-new]");
  if (opener && root().dataset.newUrl) {
    event.preventDefault();
    return openSheet(opener.href);
  }
  const column = event.target.closest(".ap-cal__col");
  if (!column) return;
  const block = event.target.closest("[data-booking]");
  if (block) return openSheet(root().dataset.cardUrl.replace("BOOKING", block.dataset.booking));
  const place = slotAt(column, event.clientY, Number(root().dataset.step));
  const unavailable = event.target.closest("[data-why]");
  const url = unavailable || !root().dataset.newUrl ? root().dataset.whyUrl : root().dataset.newUrl;
  openSheet(`${url}&${new URLSearchParams(place)}`);
}

function handleKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || sheet().open) return;
  if (event.target.matches("input, select, textarea")) return;
  const block = event.target.closest("[data-booking]:not([data-still])");
  if (event.altKey) {
    if (!block || !["ArrowUp", "ArrowDown"].includes(event.key) || !root().dataset.moveUrl) return;
    event.preventDefault();
    return move(block, slotShiftedBy(block, (event.key === "ArrowUp" ? -1 : 1) * Number(root().dataset.step)));
  }
  const keys = { n: "[data-new]", t: '[data-key="today"]', ArrowLeft: '[data-key="back"]', ArrowRight: '[data-key="forth"]' };
  const target = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  // arrow keys scroll the focused region
  if (!target || (event.key.startsWith("Arrow") && event.target.matches(".ap-cal"))) return;
  const control = root().querySelector(target);
  if (!control) return;
  event.preventDefault();
  control.click();
}

async function move(block, place) {
  const fields = { ...place, version: block.dataset.version };
  const answer = await postForm(root().dataset.moveUrl.replace("BOOKING", block.dataset.booking), fields);
  showAnswer(answer);
  await refresh();
}

// A move that is refused and may be made all the same asks in the sheet.
function showAnswer(answer) {
  if (answer.ok) appendToast(answer.data.toast);
  else if (answer.data?.confirm) showSheet(answer.data.confirm);
  else showToast(answer.data?.message ?? document.body.dataset.failed);
}

// Submits the undo button of a toast without leaving the page.
async function submitUndo(event) {
  if (!event.target.closest("[data-toast]")) return;
  event.preventDefault();
  event.target.closest("[data-toast]").remove();
  const answer = await postForm(event.target.action, new FormData(event.target));
  showAnswer(answer);
  await refresh();
}

// Updates "Noch 4:12" of holds; refreshes when one expires.
function countDown() {
  for (const element of root().querySelectorAll("[data-expires]")) {
    const seconds = Math.ceil((Date.parse(element.dataset.expires) - Date.now()) / 1000);
    if (seconds <= 0) scheduleRefresh();
    const text = `${Math.max(0, Math.floor(seconds / 60))}:${String(Math.max(0, seconds % 60)).padStart(2, "0")}`;
    element.textContent = root().dataset.until.replace("{time}", text);
  }
}
