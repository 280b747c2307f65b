// One card per call, made from the page's templates. Data only ever becomes text, never markup.
import { assistant, count, duration, fill, initials, since, tenths, when, words } from "./i18n.js";
import { stageOf } from "./call_store.js";

const STAGES = ["ringing", "talking", "tool", "held", "booked"];
const RING = 2 * Math.PI * 31;
const SOON_S = 30;

const template = (id) => document.getElementById(id).content.firstElementChild;
const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(element, visible) {
  // not .hidden: pictures (svg) have no such property
  element.toggleAttribute("hidden", !visible);
}

// On the wall nothing leads anywhere: names are no links there, and there is no button.
function lead(element, name, href) {
  const link = part(element, name);
  if (link?.localName === "a") link.href = href;
}

export function callerName(call) {
  const { caller } = call;
  if (caller?.name) return caller.name;
  if (caller?.withheld) return words.withheld;
  return caller?.number_display || caller?.number || words.unknown;
}

// Keeps the elements of `list` in step with `items`; make(item) and update(element, item), keyed by key(item).
export function keep(list, items, { key, make, update, leave = (element) => element.remove() }) {
  const known = new Map([...list.children].filter((element) => !element.dataset.leaving).map((element) => [element.dataset.key, element]));
  let before = null;
  for (const item of items) {
    const id = String(key(item));
    let element = known.get(id);
    known.delete(id);
    if (!element) {
      element = make(item);
      element.dataset.key = id;
      if (before) before.after(element);
      else list.prepend(element);
    }
    update(element, item);
    before = element;
  }
  for (const element of known.values()) leave(element);
}

export function makeRing(call, href) {
  const element = template("live-ring").cloneNode(true);
  lead(element, "open", href);
  return element;
}

export function updateRing(element, call, now) {
  say(part(element, "name"), callerName(call));
  const facts = [call.caller?.name ? call.caller.number_display : call.caller?.withheld || call.caller?.known ? "" : words.first_call, call.branch?.name];
  say(part(element, "sub"), facts.filter(Boolean).join(" · "));
  say(part(element, "since"), fill(words.ringing_since, { n: Math.max(0, Math.round((now - Date.parse(call.started_at)) / 1000)) }));
}

export function makeCard(call, href) {
  const element = template("live-call").cloneNode(true);
  lead(element, "name", href);
  lead(element, "open", href);
  element.classList.add("is-new");
  return element;
}

export function updateCard(element, call, now, moving) {
  const stage = stageOf(call);
  const over = stage === "ended" || Boolean(call.left_at);
  for (const name of [...STAGES, "ended"]) element.classList.toggle(`is-${name}`, name === stage);
  element.classList.toggle("ap-call--tall", !over);
  updateHead(element, call, stage, over, now, moving);
  updateAlarm(element, call);
  updateThread(part(element, "thread").firstElementChild, stage);
  updateSlot(element, call, now);
  show(part(element, "turns"), !over && call.keeps_words !== false);
  show(part(element, "unwritten"), !over && call.keeps_words === false);
  keep(part(element, "turns"), call.turns, { key: (turn) => turn.index, make: () => template("live-turn").cloneNode(true), update: (line, turn) => updateTurn(line, turn, call) });
  updateTool(element, call, now, moving);
  updateFoot(element, call, stage, over);
}

function updateHead(element, call, stage, over, now, moving) {
  const { caller = {} } = call;
  say(part(element, "avatar"), initials(caller.name));
  show(part(element, "nameless"), !caller.name);
  say(part(element, "name"), callerName(call));
  const certainty = caller.certainty ?? -1;
  show(part(element, "sure"), certainty >= 95);
  show(part(element, "likely"), certainty >= 60 && certainty < 95);
  say(part(element, "likely-word"), fill(words.likely, { n: certainty }));
  say(part(element, "number"), caller.name ? caller.number_display ?? "" : "");
  say(part(element, "branch"), call.branch?.name ?? "");
  const pill = part(element, "pill");
  show(pill, over || stage === "held");
  show(part(element, "time"), !over && stage !== "held");
  show(pill.querySelector("svg"), over && stage === "booked");
  say(part(element, "pill-word"), stage === "booked" ? words.slot_booked : stage === "held" ? words.slot_held : words.statuses.ended.label);
  if (moving) say(part(element, "time"), duration((now - Date.parse(call.started_at)) / 1000));
}

// Somebody is in need: the card is red, whatever else goes on in the call.
function updateAlarm(element, call) {
  element.classList.toggle("is-alarm", Boolean(call.emergency));
  show(part(element, "alarm"), Boolean(call.emergency));
  if (call.emergency) say(part(element, "alarm-word"), fill(words.alarm, { what: words.alarms[call.emergency.kind] ?? call.emergency.kind }));
}

function updateThread(list, stage) {
  const at = STAGES.indexOf(stage);
  for (const name of [...STAGES, "ended"]) list.classList.toggle(`is-${name}`, name === stage);
  list.setAttribute("aria-label", fill(words.stand, { stage: words.stages[stage] ?? words.statuses.ended.label }));
  [...list.children].forEach((bar, index) => {
    bar.classList.toggle("is-done", index < at || (stage === "booked" && index === at));
    bar.classList.toggle("is-now", index === at && stage !== "booked");
  });
}

function updateSlot(element, call, now) {
  const freed = call.freed_until > Date.now() ? call.freed : null;
  const slot = call.booking ?? call.hold ?? freed;
  show(part(element, "slot"), Boolean(slot));
  if (!slot) return;
  say(part(element, "slot-when"), freed ? words.slot_free : when(slot.starts_at));
  say(part(element, "slot-what"), slot.service && slot.staff ? fill(words.with_staff, slot) : slot.service || slot.staff || "");
  const counting = !call.booking && call.hold?.expires_at;
  const ring = part(element, "count");
  show(ring, counting);
  if (!counting) return;
  const left = Math.max(0, (Date.parse(call.hold.expires_at) - now) / 1000);
  const whole = Math.max(1, (Date.parse(call.hold.expires_at) - Date.parse(call.hold.placed_at ?? call.started_at)) / 1000);
  ring.classList.toggle("is-warn", left <= SOON_S);
  part(element, "count-ring").setAttribute("stroke-dasharray", `${(RING * left) / whole} ${RING}`);
  say(part(element, "count-text"), duration(left));
  ring.setAttribute("aria-label", fill(words.slot_left, { m: Math.floor(left / 60), s: Math.floor(left % 60) }));
}

function updateTurn(line, turn, call) {
  const isAgent = turn.role === "agent";
  line.classList.toggle("ap-turn--agent", isAgent);
  say(part(line, "who"), isAgent ? call.assistant ?? assistant : call.caller?.name || words.caller);
  say(part(line, "text"), turn.text);
}

function updateTool(element, call, now, moving) {
  show(part(element, "tool"), Boolean(call.tool));
  if (!call.tool) return;
  const word = words.tools[call.tool.name] ?? (call.tool.label ? { running: call.tool.label } : words.other_tool);
  say(part(element, "tool-label"), `${word.running} …`);
  if (moving) say(part(element, "tool-time"), tenths(Math.max(0, now - Date.parse(call.tool.started_at)) / 1000));
}

function updateFoot(element, call, stage, over) {
  const last = call.turns.at(-1);
  const waits = Boolean(call.tool);
  show(part(element, "wave"), !over && !waits && Boolean(last));
  show(part(element, "ear"), !over && (waits || !last));
  const name = last?.role === "agent" ? call.assistant ?? assistant : call.caller?.name || words.caller;
  say(part(element, "speaker"), over ? words.ended : waits ? words.waits : last ? fill(words.speaks, { name }) : call.keeps_words === false ? words.in_talk : words.picks_up);
}

export function makeEnded(call, href) {
  const element = template("live-ended").cloneNode(true);
  lead(element, "name", href);
  return element;
}

export function updateEnded(element, call, now) {
  const word = words.outcomes[call.outcome] ?? words.statuses[call.status] ?? words.statuses.ended;
  const icon = part(element, "icon");
  element.className = `ap-feed__item is-${word.state}`;
  icon.setAttribute("href", `${icon.dataset.base}#i-${word.icon}`);
  say(part(element, "name"), callerName(call));
  say(part(element, "ago"), since(call.ended_at ?? call.started_at, now));
  const label = call.outcome_label || word.label;
  say(part(element, "what"), call.booking?.starts_at ? `${label}, ${when(call.booking.starts_at)}` : call.summary ? `${label}: ${call.summary}` : label);
  say(part(element, "duration"), call.duration_s == null ? "" : duration(call.duration_s));
}

// The sentence above the board: what runs, and below it what waits.
export function headline(running) {
  const stages = running.map(stageOf);
  const ringing = stages.filter((stage) => stage === "ringing").length;
  const held = stages.filter((stage) => stage === "held").length;
  const talking = stages.length - ringing;
  if (!stages.length) return { title: words.quiet_title, lead: words.quiet_lead };
  const facts = [ringing && talking ? count(words.ringing, ringing) : "", held ? count(words.held, held) : ""].filter(Boolean);
  return { title: talking ? count(words.talking, talking) : count(words.ringing, ringing), lead: facts.length ? `${facts.join(", ")}.` : words.all_quiet };
}
