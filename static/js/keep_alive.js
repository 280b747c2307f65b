// A screen on the wall is looked at without being touched: asking for its own page keeps it signed in until the session's longest time is over.
const EVERY_MS = 10 * 60_000;

setInterval(() => fetch(location.href, { method: "HEAD" }).catch(() => null), EVERY_MS);
