// Texts, dates and numbers in the user's language; the texts are embedded in the page.
const page = document.documentElement;
const zone = page.dataset.timezone;
const locale = page.lang;
const element = document.getElementById("live-words");

export const words = element ? JSON.parse(element.textContent) : {};
export const assistant = document.body.dataset.assistant;

const time = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const timeWithSeconds = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone });
const dayKey = new Intl.DateTimeFormat("sv", { timeZone: zone });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: zone });
const dayMonth = locale === "de"
  ? new Intl.DateTimeFormat("de", { day: "2-digit", month: "2-digit", timeZone: zone })
  : new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone });
const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
export const count = (forms, n) => fill(forms[n === 1 ? 0 : 1], { n });
export const clock = (date) => time.format(date);
export const clockWithSeconds = (date) => timeWithSeconds.format(date);
export const tenths = (seconds) => fill(words.seconds, { n: decimal.format(seconds) });

// "Heute, 14:00", "Do 26.11., 09:30"
export function when(iso, now = new Date()) {
  const date = new Date(iso);
  const days = Math.round((Date.parse(dayKey.format(date)) - Date.parse(dayKey.format(now))) / 86_400_000);
  const day = days === 0 ? words.today : days === 1 ? words.tomorrow : `${weekday.format(date).replace(".", "")} ${dayMonth.format(date)}`;
  return `${day}, ${clock(date)}`;
}

// "2:14", "1:02:05"
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const rest = String(parts[2]).padStart(2, "0");
  return parts[0] ? `${parts[0]}:${String(parts[1]).padStart(2, "0")}:${rest}` : `${parts[1]}:${rest}`;
}

// "eben", "5 Min.", "2 Std."
export function since(iso, now) {
  const minutes = Math.floor((now - new Date(iso)) / 60_000);
  if (minutes < 1) return words.just_now;
  return minutes < 60 ? fill(words.minutes, { n: minutes }) : fill(words.hours, { n: Math.floor(minutes / 60) });
}

export function initials(name) {
  const parts = (name ?? "").split(/\s+/).filter((part) => /^\p{L}/u.test(part));
  if (!parts.length) return "";
  return (parts[0][0] + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}
