// Turns push on for this browser, and says whether it is, or why it is not.
import { postForm } from "./http.js";

// Browsers without a push service of their own answer never.
const ANSWER_WITHIN_MS = 20000;
const root = document.getElementById("push");
const part = root.querySelector("[data-push-button]");
const button = part.querySelector("button");

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) start().catch(() => show("failed"));

async function start() {
  const registration = await navigator.serviceWorker.register(root.dataset.worker);
  const subscription = await registration.pushManager.getSubscription();
  const mark = subscription && root.querySelector(`[data-device="${await hash(subscription.endpoint)}"]`);
  if (mark) mark.hidden = false;
  show(Notification.permission === "denied" ? "denied" : mark ? "on" : "off");
  button.addEventListener("click", () => turnOn(registration));
}

async function turnOn(registration) {
  show("asking");
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return show(permission === "denied" ? "denied" : "dismissed");
  show("working");
  let key;
  try {
    key = (await postForm(root.dataset.keyUrl, {})).data.key;
  } catch {
    return show("unanswered");
  }
  let subscription;
  try {
    subscription = await within(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  } catch {
    return show("failed");
  }
  const { endpoint, keys } = subscription.toJSON();
  const answer = await postForm(root.dataset.addUrl, { endpoint, p256dh: keys.p256dh, auth: keys.auth }).catch(() => null);
  if (answer?.ok) return location.reload();
  show("unanswered");
}

function within(promise) {
  return Promise.race([promise, new Promise((_done, fail) => setTimeout(fail, ANSWER_WITHIN_MS))]);
}

function show(state) {
  for (const note of root.querySelectorAll("[data-push]")) note.hidden = note.dataset.push !== state;
  part.hidden = ["on", "denied", "missing"].includes(state);
  button.disabled = ["asking", "working"].includes(state);
}

async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
