// A service with the reminders of the whole company shows them, and lets nobody change them there.
const mode = document.querySelector("#mode");
const reminders = document.querySelector("[data-own-reminders]");

if (mode && reminders) {
  const follow = () => {
    reminders.disabled = mode.value === "company";
  };
  mode.addEventListener("change", follow);
  // a reload may bring back what was chosen
  addEventListener("pageshow", follow);
  follow();
}
