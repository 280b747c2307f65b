// The state of the board's calls, updated by live events; independent of the page.
const MAX_TURNS = 4;
const MAX_ENDED = 8;
const FREED_SHOWN_MS = 5000;
const ACTIVE_STATUSES = new Set(["ringing", "ongoing"]);

export class CallStore {
  // onlyBranch: an id, or "" for all. onUnknownCall() is called after an event of a call that is not in the store.
  constructor({ onlyBranch = "", onUnknownCall = () => {} } = {}) {
    this.onlyBranch = onlyBranch;
    this.onUnknownCall = onUnknownCall;
    this.calls = new Map();
    this.ended = [];
  }

  replace(state) {
    const before = this.calls;
    this.calls = new Map();
    for (const call of state.calls) if (this.isInScope(call)) this.calls.set(call.id, { ...call, turns: call.last_turns ?? [], hold: call.hold ?? before.get(call.id)?.hold });
    for (const [id, call] of before) if (isStillShown(call) && !this.calls.has(id)) this.calls.set(id, call);
    this.ended = state.ended.filter((call) => this.isInScope(call)).slice(0, MAX_ENDED);
  }

  apply(name, { call: id, at, data }) {
    if (name.startsWith("call.")) return this.upsert(data, name);
    const call = this.calls.get(id);
    if (!call) return id && !this.ended.some((existing) => existing.id === id) && !this.onlyBranch ? this.onUnknownCall() : undefined;
    if (name.startsWith("message.")) addTurn(call, data);
    else if (name === "tool.started") Object.assign(call, { tool: { ...data, started_at: at }, status: "ongoing" });
    else if (name === "tool.finished" && (!call.tool || call.tool.tool_call_id === data.tool_call_id || !call.tool.tool_call_id)) Object.assign(call, { tool: null, state: "talking" });
    else if (name === "hold.placed") Object.assign(call, { hold: data, freed_until: 0 });
    else if (name === "hold.released") Object.assign(call, { freed_until: call.booking ? 0 : Date.now() + FREED_SHOWN_MS, freed: call.hold, hold: null });
    else if (name === "booking.made" || name === "booking.moved") Object.assign(call, { booking: data, hold: null });
    else if (name === "booking.cancelled" && call.booking?.id === data.id) call.booking = null;
  }

  upsert(data, name) {
    if (!this.isInScope(data)) return;
    if (ACTIVE_STATUSES.has(data.status)) {
      const existing = this.calls.get(data.id);
      const call = { ...existing, ...data, turns: data.keeps_words === false ? [] : existing?.turns ?? [] };
      for (const turn of data.last_turns ?? []) addTurn(call, turn);
      this.calls.set(data.id, call);
      return;
    }
    const existing = this.calls.get(data.id);
    if (existing && name === "call.completed") Object.assign(existing, data, { tool: null, hold: null, left_at: Date.now() });
    else if (existing) Object.assign(existing, data, { left_at: existing.left_at ?? Date.now() });
    this.ended = [{ ...existing, ...data }, ...this.ended.filter((call) => call.id !== data.id)]
      .sort((a, b) => Date.parse(b.ended_at ?? b.started_at) - Date.parse(a.ended_at ?? a.started_at))
      .slice(0, MAX_ENDED);
  }

  // Removes ended calls; those with a booking after half a minute.
  removeExpired(now = Date.now()) {
    for (const [id, call] of this.calls) if (!ACTIVE_STATUSES.has(call.status) && !isStillShown(call, now)) this.calls.delete(id);
  }

  isInScope(call) {
    return !this.onlyBranch || (call.branch?.id ?? call.branch_id) === this.onlyBranch;
  }

  get running() {
    return [...this.calls.values()].filter((call) => ACTIVE_STATUSES.has(call.status));
  }
}

const BOOKED_SHOWN_MS = 30_000;

function isStillShown(call, now = Date.now()) {
  return Boolean(call.left_at && call.booking && now - call.left_at < BOOKED_SHOWN_MS);
}

function addTurn(call, turn) {
  if (call.keeps_words === false || turn.text === null) return;
  const others = call.turns.filter((existing) => existing.index !== turn.index);
  call.turns = [...others, turn].sort((a, b) => a.index - b.index).slice(-MAX_TURNS);
  if (call.status === "ringing") call.status = "ongoing";
}

// Returns the stage of a call: ringing, talking, tool, held, booked or ended.
export function stageOf(call) {
  if (!ACTIVE_STATUSES.has(call.status)) return call.booking ? "booked" : "ended";
  if (call.status === "ringing") return "ringing";
  if (call.tool) return "tool";
  if (call.hold) return "held";
  if (call.booking) return "booked";
  return ["held", "booked"].includes(call.state) ? call.state : "talking";
}
