// Turns push on for this browser, and says whether it is.
import { postForm } from "./http.js";

const root = document.getElementById("push");
const button = root.querySelector("[data-push-button]");

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) start();

async function start() {
  const registration = await navigator.serviceWorker.register(root.dataset.worker);
  const subscription = await registration.pushManager.getSubscription();
  const mark = subscription && root.querySelector(`[data-device="${await hash(subscription.endpoint)}"]`);
  if (mark) mark.hidden = false;
  show(Notification.permission === "denied" ? "denied" : mark ? "on" : "off");
  button.querySelector("button").addEventListener("click", () => turnOn(registration));
}

async function turnOn(registration) {
  if ((await Notification.requestPermission()) !== "granted") return show("denied");
  try {
    const { data } = await postForm(root.dataset.keyUrl, {});
    const options = { userVisibleOnly: true, applicationServerKey: data.key };
    const subscription = await registration.pushManager.subscribe(options);
    const { endpoint, keys } = subscription.toJSON();
    const answer = await postForm(root.dataset.addUrl, { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    if (answer.ok) return location.reload();
  } catch {
    // no push service, or no network
  }
  show("failed");
}

function show(state) {
  for (const note of root.querySelectorAll("[data-push]")) note.hidden = note.dataset.push !== state;
  button.hidden = state !== "off" && state !== "failed";
}

async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
