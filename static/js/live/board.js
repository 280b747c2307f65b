// The live board: applies live events and a clock to the call store and draws its calls.
import { showActiveCount } from "../active_calls.js";
import { CallStore } from "./call_store.js";
import { headline, reconcileList, makeCard, makeEnded, makeRing, updateCard, updateEnded, updateRing } from "./cards.js";
import { openConnection } from "./connection.js";
import { clock, clockWithSeconds, fill, words } from "./i18n.js";

const REMOVE_DELAY_MS = 360;
const root = document.getElementById("live");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const href = (call) => root.dataset.callUrl.replace("CALL", encodeURIComponent(call.id));

const first = JSON.parse(document.getElementById("live-state").textContent);
const store = new CallStore({ onlyBranch: root.dataset.branch, onUnknownCall: () => scheduleRefresh() });
// server time minus local time, for correct durations on a wrong local clock
let skew = 0;
let phase = "connecting";
let drawn = 0;

replaceState(first);
const connection = openConnection({
  state: first,
  stateUrl: root.dataset.stateUrl,
  onEvent: (name, envelope) => {
    store.apply(name, envelope);
    scheduleDraw();
  },
  onState: replaceState,
  onPhase: showPhase,
});
setInterval(tick, 250);

function replaceState(state) {
  if (state.at) skew = Date.parse(state.at) - Date.now();
  store.replace(state);
  scheduleDraw();
}

let refresher = null;
function scheduleRefresh() {
  refresher ??= setTimeout(() => {
    refresher = null;
    connection.fetchState();
  }, 500);
}

function scheduleDraw() {
  drawn ||= requestAnimationFrame(draw);
}

function tick() {
  if (phase === "lost") return;
  const before = store.calls.size;
  store.removeExpired();
  if (store.calls.size !== before || store.calls.size) scheduleDraw();
  const now = Date.now() + skew;
  const text = fill(words.clock, { time: clock(now) });
  if (part("clock").textContent !== text) {
    part("clock").textContent = text;
    scheduleDraw();
  }
}

function draw() {
  drawn = 0;
  store.removeExpired();
  const now = Date.now() + skew;
  const moving = phase !== "lost";
  const calls = [...store.calls.values()].sort((a, b) => Boolean(b.emergency) - Boolean(a.emergency) || Date.parse(a.started_at) - Date.parse(b.started_at));
  const ringing = calls.filter((call) => call.status === "ringing");
  const cards = calls.filter((call) => call.status !== "ringing");
  reconcileList(part("ringing"), ringing, { key, make: (call) => makeRing(call, href(call)), update: (element, call) => moving && updateRing(element, call, now) });
  reconcileList(part("cards"), cards, { key, make: (call) => makeCard(call, href(call)), update: (element, call) => updateCard(element, call, now, moving), remove: removeCard });
  reconcileList(part("ended"), store.ended.filter((call) => !store.calls.has(call.id)), { key, make: (call) => makeEnded(call, href(call)), update: (element, call) => updateEnded(element, call, now) });
  part("quiet").hidden = calls.length > 0;
  part("ended-none").hidden = part("ended").children.length > 0;
  const { title, lead } = headline(store.running);
  if (part("title").textContent !== title) {
    part("title").textContent = title;
    document.title = `${title} · AskProAI`;
  }
  part("lead").textContent = lead;
  showActiveCount(store.running.length);
}

function key(call) {
  return call.id;
}

function removeCard(element) {
  if (reducedMotion.matches) return element.remove();
  element.dataset.leaving = "true";
  element.classList.add("is-leaving");
  setTimeout(() => element.remove(), REMOVE_DELAY_MS);
}

function showPhase(next, lastReceivedAt) {
  phase = next;
  const state = { connected: "booked", connecting: "ended", polling: "held", lost: "warn" }[next];
  const pill = part("connection");
  pill.className = `ap-pill is-${state}`;
  pill.firstElementChild.className = `ap-dot is-${state}${next === "connected" ? " ap-dot--pulse" : ""}`;
  part("connection-word").textContent = words[next];
  part("lost").hidden = next !== "lost";
  part("polling").hidden = next !== "polling";
  part("lost-since").textContent = fill(words.lost_since, { time: clockWithSeconds(lastReceivedAt) });
  root.classList.toggle("is-stale", next === "lost");
  scheduleDraw();
}
