// The live board: events move the calls, a clock moves the figures, and the page follows.
import { showRunning } from "../active_calls.js";
import { CallBook } from "./call_store.js";
import { headline, keep, makeCard, makeEnded, makeRing, updateCard, updateEnded, updateRing } from "./cards.js";
import { openConnection } from "./connection.js";
import { clock, clockWithSeconds, fill, words } from "./i18n.js";

const LEAVE_MS = 360;
const root = document.getElementById("live");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const href = (call) => root.dataset.callUrl.replace("CALL", encodeURIComponent(call.id));

const first = JSON.parse(document.getElementById("live-state").textContent);
const book = new CallBook({ onlyBranch: root.dataset.branch, missing: () => refreshSoon() });
// server time minus ours, so that durations are right on a clock that is not
let skew = 0;
let phase = "connecting";
let drawn = 0;

take(first);
const connection = openConnection({
  state: first,
  stateUrl: root.dataset.stateUrl,
  onEvent: (name, envelope) => {
    book.apply(name, envelope);
    drawSoon();
  },
  onState: take,
  onPhase: showPhase,
});
setInterval(tick, 250);

function take(state) {
  if (state.at) skew = Date.parse(state.at) - Date.now();
  book.replace(state);
  drawSoon();
}

let refresher = null;
function refreshSoon() {
  refresher ??= setTimeout(() => {
    refresher = null;
    connection.ask();
  }, 500);
}

function drawSoon() {
  drawn ||= requestAnimationFrame(draw);
}

function tick() {
  if (phase === "lost") return;
  const before = book.calls.size;
  book.sweep();
  if (book.calls.size !== before || book.calls.size) drawSoon();
  const now = Date.now() + skew;
  const text = fill(words.clock, { time: clock(now) });
  if (part("clock").textContent !== text) {
    part("clock").textContent = text;
    drawSoon();
  }
}

function draw() {
  drawn = 0;
  book.sweep();
  const now = Date.now() + skew;
  const moving = phase !== "lost";
  const calls = [...book.calls.values()].sort((a, b) => Boolean(b.emergency) - Boolean(a.emergency) || Date.parse(a.started_at) - Date.parse(b.started_at));
  const ringing = calls.filter((call) => call.status === "ringing");
  const cards = calls.filter((call) => call.status !== "ringing");
  keep(part("ringing"), ringing, { key, make: (call) => makeRing(call, href(call)), update: (element, call) => moving && updateRing(element, call, now) });
  keep(part("cards"), cards, { key, make: (call) => makeCard(call, href(call)), update: (element, call) => updateCard(element, call, now, moving), leave });
  keep(part("ended"), book.ended.filter((call) => !book.calls.has(call.id)), { key, make: (call) => makeEnded(call, href(call)), update: (element, call) => updateEnded(element, call, now) });
  part("quiet").hidden = calls.length > 0;
  part("ended-none").hidden = part("ended").children.length > 0;
  const { title, lead } = headline(book.running);
  if (part("title").textContent !== title) {
    part("title").textContent = title;
    document.title = `${title} · AskProAI`;
  }
  part("lead").textContent = lead;
  showRunning(book.running.length);
}

function key(call) {
  return call.id;
}

function leave(element) {
  if (still.matches) return element.remove();
  element.dataset.leaving = "true";
  element.classList.add("is-leaving");
  setTimeout(() => element.remove(), LEAVE_MS);
}

function showPhase(next, heardAt) {
  phase = next;
  const state = { connected: "booked", connecting: "ended", asking: "held", lost: "warn" }[next];
  const pill = part("connection");
  pill.className = `ap-pill is-${state}`;
  pill.firstElementChild.className = `ap-dot is-${state}${next === "connected" ? " ap-dot--pulse" : ""}`;
  part("connection-word").textContent = words[next];
  part("lost").hidden = next !== "lost";
  part("asking").hidden = next !== "asking";
  part("lost-since").textContent = fill(words.lost_since, { time: clockWithSeconds(heardAt) });
  root.classList.toggle("is-stale", next === "lost");
  drawSoon();
}
