// Makes a passkey or signs in with one: the browser's answer goes into the form, which is then sent as any other.
import { postForm } from "./http.js";

for (const form of document.querySelectorAll("[data-passkey]")) if (window.PublicKeyCredential) start(form);

function start(form) {
  show(form, "button");
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    button.disabled = true;
    ask(form)
      .then((credential) => {
        if (!credential) return;
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      })
      .catch(() => show(form, "button", "failed"))
      .finally(() => (button.disabled = false));
  });
}

async function ask(form) {
  const answer = await postForm(form.dataset.options, { csrf_token: form.elements.csrf_token.value });
  if (answer?.data?.location) location.assign(answer.data.location);
  if (!answer?.data?.publicKey) return answer?.data?.location ? null : Promise.reject(new Error("no options"));
  const publicKey = readOptions(answer.data.publicKey);
  const isNew = form.dataset.passkey === "create";
  return writeCredential(isNew ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey }));
}

function show(form, ...parts) {
  for (const part of form.querySelectorAll("[data-passkey-part]")) part.hidden = !parts.includes(part.dataset.passkeyPart);
}

// PublicKeyCredential.parse…OptionsFromJSON and toJSON do the same, but not in browsers of 2024.
function readOptions(options) {
  const read = { ...options, challenge: decode(options.challenge) };
  if (options.user) read.user = { ...options.user, id: decode(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"])
    if (options[list]) read[list] = options[list].map((each) => ({ ...each, id: decode(each.id) }));
  return read;
}

function writeCredential(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const written = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, encode(response[part])]));
  if (response.getTransports) written.transports = response.getTransports();
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response: written };
}

function decode(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const letters = [...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
