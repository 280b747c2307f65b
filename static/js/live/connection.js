// The wire to the server: Socket.IO events, or, while there is none, the state asked for every few seconds.
import { io } from "../../vendor/socket.io-client-4.8.4/socket.io.esm.min.js";
import { Sequence } from "./sequence.js";

const ASK_EVERY_MS = 4000;
const LOST_AFTER_MS = 3000;
const ANSWER_WITHIN_MS = 4000;
const COME_AGAIN_MS = 20_000;

// onEvent(name, envelope); onState(state) for a whole new state; onPhase(phase, heardAt):
// connecting, connected, asking (no wire, but answers come) or lost (no wire, no answers since heardAt).
// Gives {ask()}, which asks for the whole state anew.
export function openConnection({ state = null, stateUrl = null, onEvent, onState = () => {}, onPhase = () => {} }) {
  const socket = io({ path: "/socket.io", transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
  let heardAt = new Date();
  let redisAway = state?.redis === false;
  let welcomed = false;
  let answered = false;
  let asker = null;
  let lostTimer = null;

  const sequence = new Sequence({
    apply: onEvent,
    catchUp: (since) => socket.timeout(ANSWER_WITHIN_MS).emitWithAck("catch_up", { since }),
    reload: () => ask(),
  });
  if (state) sequence.startAt(state.seq);

  socket.on("welcome", (welcome) => {
    heard();
    welcomed = true;
    redisAway = welcome.redis === false;
    sequence.gapless = welcome.gapless !== false;
    clearTimeout(lostTimer);
    if (!state) sequence.startAt(welcome.seq);
    else if (welcome.seq > sequence.last) sequence.fetchMissing();
    redisAway ? startAsking() : stopAsking();
  });
  socket.onAny((name, envelope) => {
    if (name === "welcome") return;
    heard();
    sequence.take(name, envelope);
  });
  socket.on("disconnect", (reason) => {
    welcomed = false;
    // shown out: asking tells whether the session is over, and otherwise it may come in again
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000);
    waitBeforeAsking();
  });
  // refused by name: nobody tries again by itself then
  socket.on("connect_error", (error) => {
    if (socket.active) return;
    if (error.data?.code === "signed_out") return location.reload();
    setTimeout(() => socket.connect(), COME_AGAIN_MS);
  });
  socket.io.on("reconnect_attempt", () => onPhase(asker ? phaseNow() : "connecting", heardAt));
  waitBeforeAsking();
  onPhase("connecting", heardAt);

  function waitBeforeAsking() {
    clearTimeout(lostTimer);
    lostTimer = setTimeout(startAsking, LOST_AFTER_MS);
  }

  function startAsking() {
    if (!stateUrl) return onPhase("lost", heardAt);
    if (asker) return;
    asker = setInterval(ask, ASK_EVERY_MS);
    ask();
  }

  function stopAsking() {
    clearInterval(asker);
    asker = null;
    onPhase("connected", heardAt);
  }

  async function ask() {
    if (!stateUrl) return;
    try {
      const response = await fetch(stateUrl, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (response.status === 401 || response.redirected) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      const fresh = await response.json();
      answered = true;
      heard();
      redisAway = fresh.redis === false;
      onState(fresh);
      // what was heard while this state was on its way is not in it
      const heardMore = sequence.last > fresh.seq;
      sequence.startAt(fresh.seq);
      if (heardMore && welcomed) sequence.fetchMissing();
      if (welcomed && !redisAway) return stopAsking();
      onPhase("asking", heardAt);
    } catch {
      answered = false;
      if (!welcomed) onPhase("lost", heardAt);
    }
  }

  function phaseNow() {
    return answered ? "asking" : "lost";
  }

  function heard() {
    heardAt = new Date();
  }
  return { ask };
}
