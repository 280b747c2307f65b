// Parts of pages from the server: fetched, sent, and made into nodes (scripts inside would not run).
const HEADERS = { "X-Asked-By": "script" };

export function nodesOf(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children].map((node) => document.adoptNode(node));
}

// The markup, or null where the server did not answer well; a session that is over reloads the page.
export async function getPart(url) {
  const response = await fetch(url, { headers: HEADERS }).catch(() => null);
  if (response?.status === 401 || response?.redirected) return location.reload();
  return response?.ok ? response.text() : null;
}

export async function getJson(url) {
  const response = await fetch(url, { headers: HEADERS }).catch(() => null);
  return response?.ok ? response.json() : null;
}

// {ok, status, data} for a JSON answer, {ok, status, html} for markup; without an answer {ok: false, status: 0}.
export async function send(url, fields) {
  const body = new URLSearchParams(fields);
  if (!body.has("csrf_token")) body.set("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  const response = await fetch(url, { method: "POST", body, headers: HEADERS }).catch(() => null);
  if (!response) return { ok: false, status: 0 };
  if (response.redirected) return location.reload();
  const isJson = response.headers.get("Content-Type")?.includes("json");
  return { ok: response.ok, status: response.status, ...(isJson ? { data: await response.json() } : { html: await response.text() }) };
}
