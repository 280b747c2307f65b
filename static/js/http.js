// Fetches page fragments and JSON, posts forms, and parses markup into nodes (scripts inside do not run).
const HEADERS = { "X-Asked-By": "script" };

export function parseNodes(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children].map((node) => document.adoptNode(node));
}

// Returns the markup, or null after an error. An expired session reloads the page.
export async function fetchFragment(url) {
  const response = await fetch(url, { headers: HEADERS }).catch(() => null);
  if (response?.status === 401 || response?.redirected) return location.reload();
  return response?.ok ? response.text() : null;
}

export async function fetchJson(url) {
  const response = await fetch(url, { headers: HEADERS }).catch(() => null);
  return response?.ok ? response.json() : null;
}

// Returns {ok, status, data} for JSON, {ok, status, html} for markup, and {ok: false, status: 0} without a response.
export async function postForm(url, fields) {
  const body = new URLSearchParams(fields);
  if (!body.has("csrf_token")) body.set("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  const response = await fetch(url, { method: "POST", body, headers: HEADERS }).catch(() => null);
  if (!response) return { ok: false, status: 0 };
  if (response.redirected) return location.reload();
  const isJson = response.headers.get("Content-Type")?.includes("json");
  return { ok: response.ok, status: response.status, ...(isJson ? { data: await response.json() } : { html: await response.text() }) };
}
