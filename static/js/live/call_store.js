// The calls that the board knows, moved on by events. It knows nothing of the page.
const TURNS_KEPT = 4;
const ENDED_KEPT = 8;
const FREED_SHOWN_MS = 5000;
const RUNNING = new Set(["ringing", "ongoing"]);

export class CallBook {
  // onlyBranch: an id, or "" for all; missing(): an event named a call that we do not know
  constructor({ onlyBranch = "", missing = () => {} } = {}) {
    this.onlyBranch = onlyBranch;
    this.missing = missing;
    this.calls = new Map();
    this.ended = [];
  }

  replace(state) {
    const before = this.calls;
    this.calls = new Map();
    for (const call of state.calls) if (this.concerns(call)) this.calls.set(call.id, { ...call, turns: call.last_turns ?? [], hold: call.hold ?? before.get(call.id)?.hold });
    for (const [id, call] of before) if (stays(call) && !this.calls.has(id)) this.calls.set(id, call);
    this.ended = state.ended.filter((call) => this.concerns(call)).slice(0, ENDED_KEPT);
  }

  apply(name, { call: id, at, data }) {
    if (name.startsWith("call.")) return this.upsert(data, name);
    const call = this.calls.get(id);
    if (!call) return id && !this.ended.some((known) => known.id === id) && !this.onlyBranch ? this.missing() : undefined;
    if (name.startsWith("message.")) addTurn(call, data);
    else if (name === "tool.started") Object.assign(call, { tool: { ...data, started_at: at }, status: "ongoing" });
    else if (name === "tool.finished" && (!call.tool || call.tool.tool_call_id === data.tool_call_id || !call.tool.tool_call_id)) Object.assign(call, { tool: null, state: "talking" });
    else if (name === "hold.placed") Object.assign(call, { hold: data, freed_until: 0 });
    else if (name === "hold.released") Object.assign(call, { freed_until: call.booking ? 0 : Date.now() + FREED_SHOWN_MS, freed: call.hold, hold: null });
    else if (name === "booking.made" || name === "booking.moved") Object.assign(call, { booking: data, hold: null });
    else if (name === "booking.cancelled" && call.booking?.id === data.id) call.booking = null;
  }

  upsert(data, name) {
    if (!this.concerns(data)) return;
    if (RUNNING.has(data.status)) {
      const known = this.calls.get(data.id);
      const call = { ...known, ...data, turns: data.keeps_words === false ? [] : known?.turns ?? [] };
      for (const turn of data.last_turns ?? []) addTurn(call, turn);
      this.calls.set(data.id, call);
      return;
    }
    const known = this.calls.get(data.id);
    if (known && name === "call.completed") Object.assign(known, data, { tool: null, hold: null, left_at: Date.now() });
    else if (known) Object.assign(known, data, { left_at: known.left_at ?? Date.now() });
    this.ended = [{ ...known, ...data }, ...this.ended.filter((call) => call.id !== data.id)]
      .sort((a, b) => Date.parse(b.ended_at ?? b.started_at) - Date.parse(a.ended_at ?? a.started_at))
      .slice(0, ENDED_KEPT);
  }

  // Cards of calls that are over leave; a booking stays to be seen for half a minute.
  sweep(now = Date.now()) {
    for (const [id, call] of this.calls) if (!RUNNING.has(call.status) && !stays(call, now)) this.calls.delete(id);
  }

  concerns(call) {
    return !this.onlyBranch || (call.branch?.id ?? call.branch_id) === this.onlyBranch;
  }

  get running() {
    return [...this.calls.values()].filter((call) => RUNNING.has(call.status));
  }
}

const BOOKED_SHOWN_MS = 30_000;

function stays(call, now = Date.now()) {
  return Boolean(call.left_at && call.booking && now - call.left_at < BOOKED_SHOWN_MS);
}

function addTurn(call, turn) {
  if (call.keeps_words === false || turn.text === null) return;
  const others = call.turns.filter((known) => known.index !== turn.index);
  call.turns = [...others, turn].sort((a, b) => a.index - b.index).slice(-TURNS_KEPT);
  if (call.status === "ringing") call.status = "ongoing";
}

// Where the call stands on the thread: ringing, talking, tool, held, booked, ended.
export function stageOf(call) {
  if (!RUNNING.has(call.status)) return call.booking ? "booked" : "ended";
  if (call.status === "ringing") return "ringing";
  if (call.tool) return "tool";
  if (call.hold) return "held";
  if (call.booking) return "booked";
  return ["held", "booked"].includes(call.state) ? call.state : "talking";
}
