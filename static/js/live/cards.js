// One card per call, cloned from the page's templates. Data is inserted as text only, never as markup.
import { assistant, count, duration, fill, initials, since, tenths, when, words } from "./i18n.js";
import { stageOf } from "./call_store.js";

const STAGES = ["ringing", "talking", "tool", "held", "booked"];
const RING = 2 * Math.PI * 31;
const WARNING_S = 30;

const template = (id) => document.getElementById(id).content.firstElementChild;
const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setVisible(element, visible) {
  // svg elements have no .hidden property
  element.toggleAttribute("hidden", !visible);
}

// Wallboards have no links and buttons.
function setLink(element, name, href) {
  const link = part(element, name);
  if (link?.localName === "a") link.href = href;
}

export function callerName(call) {
  const { caller } = call;
  if (caller?.name) return caller.name;
  if (caller?.withheld) return words.withheld;
  return caller?.number_display || caller?.number || words.unknown;
}

// Reconciles the elements of `list` with `items` by key(item), through make(item), update(element, item) and remove(element).
export function reconcileList(list, items, { key, make, update, remove = (element) => element.remove() }) {
  const existing = new Map([...list.children].filter((element) => !element.dataset.leaving).map((element) => [element.dataset.key, element]));
  let before = null;
  for (const item of items) {
    const id = String(key(item));
    let element = existing.get(id);
    existing.delete(id);
    if (!element) {
      element = make(item);
      element.dataset.key = id;
      if (before) before.after(element);
      else list.prepend(element);
    }
    update(element, item);
    before = element;
  }
  for (const element of existing.values()) remove(element);
}

export function makeRing(call, href) {
  const element = template("live-ring").cloneNode(true);
  setLink(element, "open", href);
  return element;
}

export function updateRing(element, call, now) {
  setText(part(element, "name"), callerName(call));
  const facts = [call.caller?.name ? call.caller.number_display : call.caller?.withheld || call.caller?.known ? "" : words.first_call, call.branch?.name];
  setText(part(element, "sub"), facts.filter(Boolean).join(" · "));
  setText(part(element, "since"), fill(words.ringing_since, { n: Math.max(0, Math.round((now - Date.parse(call.started_at)) / 1000)) }));
}

export function makeCard(call, href) {
  const element = template("live-call").cloneNode(true);
  setLink(element, "name", href);
  setLink(element, "open", href);
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
  setVisible(part(element, "turns"), !over && call.keeps_words !== false);
  setVisible(part(element, "unwritten"), !over && call.keeps_words === false);
  reconcileList(part(element, "turns"), call.turns, { key: (turn) => turn.index, make: () => template("live-turn").cloneNode(true), update: (line, turn) => updateTurn(line, turn, call) });
  updateTool(element, call, now, moving);
  updateFoot(element, call, stage, over);
}

function updateHead(element, call, stage, over, now, moving) {
  const { caller = {} } = call;
  setText(part(element, "avatar"), initials(caller.name));
  setVisible(part(element, "nameless"), !caller.name);
  setText(part(element, "name"), callerName(call));
  const certainty = caller.certainty ?? -1;
  setVisible(part(element, "sure"), certainty >= 95);
  setVisible(part(element, "likely"), certainty >= 60 && certainty < 95);
  setText(part(element, "likely-word"), fill(words.likely, { n: certainty }));
  setText(part(element, "number"), caller.name ? caller.number_display ?? "" : "");
  setText(part(element, "branch"), call.branch?.name ?? "");
  const pill = part(element, "pill");
  setVisible(pill, over || stage === "held");
  setVisible(part(element, "time"), !over && stage !== "held");
  setVisible(pill.querySelector("svg"), over && stage === "booked");
  setText(part(element, "pill-word"), stage === "booked" ? words.slot_booked : stage === "held" ? words.slot_held : words.statuses.ended.label);
  if (moving) setText(part(element, "time"), duration((now - Date.parse(call.started_at)) / 1000));
}

// An emergency makes the card red in every stage.
function updateAlarm(element, call) {
  element.classList.toggle("is-alarm", Boolean(call.emergency));
  setVisible(part(element, "alarm"), Boolean(call.emergency));
  if (call.emergency) setText(part(element, "alarm-word"), fill(words.alarm, { what: words.alarms[call.emergency.kind] ?? call.emergency.kind }));
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
  setVisible(part(element, "slot"), Boolean(slot));
  if (!slot) return;
  setText(part(element, "slot-when"), freed ? words.slot_free : when(slot.starts_at));
  setText(part(element, "slot-what"), slot.service && slot.staff ? fill(words.with_staff, slot) : slot.service || slot.staff || "");
  const counting = !call.booking && call.hold?.expires_at;
  const ring = part(element, "count");
  setVisible(ring, counting);
  if (!counting) return;
  const left = Math.max(0, (Date.parse(call.hold.expires_at) - now) / 1000);
  const whole = Math.max(1, (Date.parse(call.hold.expires_at) - Date.parse(call.hold.placed_at ?? call.started_at)) / 1000);
  ring.classList.toggle("is-warn", left <= WARNING_S);
  part(element, "count-ring").setAttribute("stroke-dasharray", `${(RING * left) / whole} ${RING}`);
  setText(part(element, "count-text"), duration(left));
  ring.setAttribute("aria-label", fill(words.slot_left, { m: Math.floor(left / 60), s: Math.floor(left % 60) }));
}

function updateTurn(line, turn, call) {
  const isAgent = turn.role === "agent";
  line.classList.toggle("ap-turn--agent", isAgent);
  setText(part(line, "who"), isAgent ? call.assistant ?? assistant : call.caller?.name || words.caller);
  setText(part(line, "text"), turn.text);
}

function updateTool(element, call, now, moving) {
  setVisible(part(element, "tool"), Boolean(call.tool));
  if (!call.tool) return;
  const word = words.tools[call.tool.name] ?? (call.tool.label ? { running: call.tool.label } : words.other_tool);
  setText(part(element, "tool-label"), `${word.running} …`);
  if (moving) setText(part(element, "tool-time"), tenths(Math.max(0, now - Date.parse(call.tool.started_at)) / 1000));
}

function updateFoot(element, call, stage, over) {
  const last = call.turns.at(-1);
  const waits = Boolean(call.tool);
  setVisible(part(element, "wave"), !over && !waits && Boolean(last));
  setVisible(part(element, "ear"), !over && (waits || !last));
  const name = last?.role === "agent" ? call.assistant ?? assistant : call.caller?.name || words.caller;
  setText(part(element, "speaker"), over ? words.ended : waits ? words.waits : last ? fill(words.speaks, { name }) : call.keeps_words === false ? words.in_talk : words.picks_up);
}

export function makeEnded(call, href) {
  const element = template("live-ended").cloneNode(true);
  setLink(element, "name", href);
  return element;
}

export function updateEnded(element, call, now) {
  const word = words.outcomes[call.outcome] ?? words.statuses[call.status] ?? words.statuses.ended;
  const icon = part(element, "icon");
  element.className = `ap-feed__item is-${word.state}`;
  icon.setAttribute("href", `${icon.dataset.base}#i-${word.icon}`);
  setText(part(element, "name"), callerName(call));
  setText(part(element, "ago"), since(call.ended_at ?? call.started_at, now));
  const label = call.outcome_label || word.label;
  setText(part(element, "what"), call.booking?.starts_at ? `${label}, ${when(call.booking.starts_at)}` : call.summary ? `${label}: ${call.summary}` : label);
  setText(part(element, "duration"), call.duration_s == null ? "" : duration(call.duration_s));
}

// Returns the heading of the board and the line below it.
export function headline(running) {
  const stages = running.map(stageOf);
  const ringing = stages.filter((stage) => stage === "ringing").length;
  const held = stages.filter((stage) => stage === "held").length;
  const talking = stages.length - ringing;
  if (!stages.length) return { title: words.quiet_title, lead: words.quiet_lead };
  const facts = [ringing && talking ? count(words.ringing, ringing) : "", held ? count(words.held, held) : ""].filter(Boolean);
  return { title: talking ? count(words.talking, talking) : count(words.ringing, ringing), lead: facts.length ? `${facts.join(", ")}.` : words.all_quiet };
}
