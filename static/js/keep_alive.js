// Keeps a wallboard signed in: requests its own page regularly, until the session's absolute timeout.
const POLL_INTERVAL_MS = 10 * 60_000;

setInterval(() => fetch(location.href, { method: "HEAD" }).catch(() => null), POLL_INTERVAL_MS);
