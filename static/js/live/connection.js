// The live connection: Socket.IO events, or polling of the state while there is no socket.
import { io } from "../../vendor/socket.io-client-4.8.4/socket.io.esm.min.js";
import { Sequence } from "./sequence.js";

const POLL_INTERVAL_MS = 4000;
const LOST_AFTER_MS = 3000;
const RESPONSE_TIMEOUT_MS = 4000;
const RECONNECT_DELAY_MS = 20_000;

// onEvent(name, envelope); onState(state) with a complete state; onPhase(phase, lastReceivedAt) with the phase
// connecting, connected, polling (no socket, the server responds) or lost (nothing received since lastReceivedAt).
// Returns {fetchState()}, which fetches the complete state.
export function openConnection({ state = null, stateUrl = null, onEvent, onState = () => {}, onPhase = () => {} }) {
  const socket = io({ path: "/socket.io", transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
  let lastReceivedAt = new Date();
  let redisAway = state?.redis === false;
  let isWelcomed = false;
  let isResponding = false;
  let pollTimer = null;
  let lostTimer = null;

  const sequence = new Sequence({
    apply: onEvent,
    catchUp: (since) => socket.timeout(RESPONSE_TIMEOUT_MS).emitWithAck("catch_up", { since }),
    reload: () => fetchState(),
  });
  if (state) sequence.startAt(state.seq);

  socket.on("welcome", (welcome) => {
    markReceived();
    isWelcomed = true;
    redisAway = welcome.redis === false;
    sequence.gapless = welcome.gapless !== false;
    clearTimeout(lostTimer);
    if (!state) sequence.startAt(welcome.seq);
    else if (welcome.seq > sequence.last) sequence.fetchMissing();
    redisAway ? startPolling() : stopPolling();
  });
  socket.onAny((name, envelope) => {
    // hints to this person, without a number
    if (name === "welcome" || name === "notices.changed") return document.dispatchEvent(new Event("notices:changed"));
    markReceived();
    sequence.receive(name, envelope);
  });
  socket.on("disconnect", (reason) => {
    isWelcomed = false;
    // disconnected by the server: polling detects an expired session, otherwise the socket reconnects
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000);
    schedulePolling();
  });
  // rejected by the server: Socket.IO does not reconnect by itself
  socket.on("connect_error", (error) => {
    if (socket.active) return;
    if (error.data?.code === "signed_out") return location.reload();
    setTimeout(() => socket.connect(), RECONNECT_DELAY_MS);
  });
  socket.io.on("reconnect_attempt", () => onPhase(pollTimer ? offlinePhase() : "connecting", lastReceivedAt));
  schedulePolling();
  onPhase("connecting", lastReceivedAt);

  function schedulePolling() {
    clearTimeout(lostTimer);
    lostTimer = setTimeout(startPolling, LOST_AFTER_MS);
  }

  function startPolling() {
    if (!stateUrl) return onPhase("lost", lastReceivedAt);
    if (pollTimer) return;
    pollTimer = setInterval(fetchState, POLL_INTERVAL_MS);
    fetchState();
  }

  function stopPolling() {
    clearInterval(pollTimer);
    pollTimer = null;
    onPhase("connected", lastReceivedAt);
  }

  async function fetchState() {
    if (!stateUrl) return;
    try {
      const response = await fetch(stateUrl, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) });
      if (response.status === 401 || response.redirected) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      const latest = await response.json();
      isResponding = true;
      markReceived();
      redisAway = latest.redis === false;
      onState(latest);
      // events received during the request are not in its state
      const receivedMore = sequence.last > latest.seq;
      sequence.startAt(latest.seq);
      if (receivedMore && isWelcomed) sequence.fetchMissing();
      if (isWelcomed && !redisAway) return stopPolling();
      onPhase("polling", lastReceivedAt);
    } catch {
      isResponding = false;
      if (!isWelcomed) onPhase("lost", lastReceivedAt);
    }
  }

  function offlinePhase() {
    return isResponding ? "polling" : "lost";
  }

  function markReceived() {
    lastReceivedAt = new Date();
  }
  return { fetchState };
}
