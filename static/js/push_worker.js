// Shows notices that come by push, and opens what a pressed one is about.
self.addEventListener("push", (event) => {
  const notice = event.data?.json();
  if (!notice) return;
  const { title, body, path, tag, lang } = notice;
  // a second copy of the same notice replaces the first one in silence
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, data: { path } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.path));
});

// a new version takes over at once: it has no pages that could depend on the old one
self.addEventListener("install", () => self.skipWaiting());
